// Asks for the passkey that a challenge of the page is for, and posts what it answers.
const answerWithPasskey = async (config, more) => {
  const { id, response } = await navigator.credentials.get({
    ...more,
    publicKey: {
      challenge: new TextEncoder().encode(config.sFidoChallenge),
      rpId: config.sFidoRpId,
      allowCredentials: (config.arrFidoAllowList || []).map((one) => ({ type: "public-key", id: bytes(one) })),
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
};
