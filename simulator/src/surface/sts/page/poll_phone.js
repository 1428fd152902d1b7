(function () {
  var form = document.getElementById("credential"), line = document.getElementById("progress"), count = 0;
  function later() {
    count += 1;
    if (count < 120) { setTimeout(ask, 1000); } else { line.textContent = "Press the button when you have answered."; }
  }
  function ask() {
    var code = form.elements.code.value;
    fetch($Config.urlSessionState + "?code=" + code, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ DeviceCode: code })
    }).then(function (answer) { return answer.json(); }).then(function (result) {
      if (result.AuthorizationState === 0) { later(); } else { form.submit(); }
    }, later);
  }
  setTimeout(ask, 1000);
})();
