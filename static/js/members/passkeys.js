// Shows the passkey controls if the browser supports passkeys, and a message when sign-in fails.
'use strict'
document.addEventListener('DOMContentLoaded', () => {
  if (!window.PublicKeyCredential) return
  document.querySelectorAll('[data-needs-script]').forEach((part) => { part.hidden = false })
})
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  document.getElementById('passkey-problem').hidden = false
})
