(function () {
  var form = document.getElementById("waiting"), line = document.getElementById("progress"), count = 0;
  function later() {
    count += 1;
    if (count < 120) { setTimeout(ask, 1000); } else { line.textContent = "Press the button when you have answered."; }
  }
  function ask() {
    fetch($Config.urlEndAuth, {
      method: "POST",
      headers: { "Content-Type": "application/json", canary: $Config.apiCanary },
      body: JSON.stringify({
        AuthMethodId: $Config.sAuthMethod, Method: "EndAuth", SessionId: $Config.sPendingSession,
        FlowToken: form.elements.flowToken.value, Ctx: form.elements.request.value, PollCount: count
      })
    }).then(function (answer) { return answer.json(); }).then(function (result) {
      if (result.Retry) { later(); return; }
      if (result.FlowToken) { form.elements.flowToken.value = result.FlowToken; form.elements.request.value = result.Ctx; }
      form.submit();
    }, later);
  }
  setTimeout(ask, 1000);
})();
