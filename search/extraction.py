def extract_safely(path, filename=None):
    raise NotImplementedError
