(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer || []))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const state = document.getElementById("passkeyState");
  const again = document.getElementById("passkeyAgain");
  const config = window.$Config;
  const ask = async () => {
    again.hidden = true;
    state.textContent = "Waiting for your passkey.";
    try {
      const { id, response } = await navigator.credentials.get({
        publicKey: {
          challenge: new TextEncoder().encode(config.sFidoChallenge),
          rpId: config.sFidoRpId,
          allowCredentials: config.arrFidoAllowList.map((one) => ({ type: "public-key", id: bytes(one) })),
          userVerification: "required",
          timeout: 600000,
        },
      });
      const form = document.getElementById("assertion");
      form.elements.assertion.value = JSON.stringify({
        id, clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
        signature: text(response.signature), userHandle: text(response.userHandle),
      });
      form.submit();
    } catch (error) {
      state.textContent = `That did not work: ${error.message || error.name}`;
      again.hidden = false;
    }
  };
  again.addEventListener("click", ask);
  ask();
})();
