(function () {
  // Looks every two seconds. Codes change in place; the page is loaded anew only when something arrived or was answered,
  // and never under what is being typed.
  var before = null, kept = "entrasim-phone-focus";
  function state(seen) {
    return JSON.stringify([seen.prompts.map(function (p) { return [p.id, p.state]; }), seen.messages.length]);
  }
  function put(name, values) {
    document.querySelectorAll("[" + name + "]").forEach(function (place, at) {
      if (place.textContent !== String(values[at])) { place.textContent = values[at]; }
    });
  }
  function typed() {
    return Array.prototype.some.call(document.querySelectorAll("input[name=number]"), function (box) { return box.value; });
  }
  function look() {
    fetch(phone).then(function (answer) { return answer.json(); }).then(function (seen) {
      var now = state(seen);
      if (before !== null && now !== before && !typed()) {
        sessionStorage.setItem(kept, document.activeElement.id || "");
        location.replace(location.pathname);
        return;
      }
      if (before === null) { before = now; }
      put("data-code", seen.codes.map(function (code) { return code.code; }));
      put("data-left", seen.codes.map(function (code) { return code.seconds_left; }));
    }, function () {});
  }
  var last = document.getElementById(sessionStorage.getItem(kept) || "");
  sessionStorage.removeItem(kept);
  if (last) { last.focus(); }
  look();
  setInterval(look, 2000);
})();
