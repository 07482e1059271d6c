// The browser refused a passkey: say so on the page instead of in the console.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const place = document.getElementById('passkey-refused')
  if (place) {
    place.hidden = false
  }
})
