// Shows what needs a passkey where the browser has them, and says when one was not given.
'use strict'
document.addEventListener('DOMContentLoaded', () => {
  if (!window.PublicKeyCredential) return
  document.querySelectorAll('[data-needs-script]').forEach((part) => { part.hidden = false })
})
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  document.getElementById('passkey-problem').hidden = false
})
