(function () {
  var form = document.getElementById("waiting"), count = 0;
  function ask() {
    count += 1;
    fetch($Config.urlEndAuth, {
      method: "POST",
      headers: { "Content-Type": "application/json", canary: $Config.apiCanary },
      body: JSON.stringify({
        AuthMethodId: $Config.sAuthMethod, Method: "EndAuth", SessionId: $Config.sPendingSession,
        FlowToken: form.elements.flowToken.value, Ctx: form.elements.request.value, PollCount: count
      })
    }).then(function (answer) { return answer.json(); }).then(function (result) {
      if (result.Retry && count < 120) { setTimeout(ask, 1000); return; }
      if (result.FlowToken) { form.elements.flowToken.value = result.FlowToken; form.elements.request.value = result.Ctx; }
      form.submit();
    }, function () { if (count < 120) { setTimeout(ask, 2000); } });
  }
  setTimeout(ask, 1000);
})();
