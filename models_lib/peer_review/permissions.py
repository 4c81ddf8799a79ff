"""Who may start and moderate peer reviews."""


def may_start(user, page) -> bool:
    """Whether ``user`` may have ``page`` reviewed: an editor of it, while no workflow is active."""
    return (
        page.permissions_for_user(user).can_edit()
        and page.current_workflow_state is None
        and page.latest_revision_id is not None
    )


def may_moderate(user, review) -> bool:
    """Whether ``user`` may invite to this round and read its reviews before publication."""
    state = review.task_state
    return state is not None and state.task.specific.may_moderate(user)
