// A slip's QR code leads here with the keycode behind the #, which no browser sends to a server.
const [, code] = /^#([0-9A-Za-z]{4}-?[0-9A-Za-z]{4})$/.exec(window.location.hash) ?? [];
if (code) {
  document.querySelector("[name=keycode]").value = code;
  history.replaceState(null, "", window.location.pathname);
}
