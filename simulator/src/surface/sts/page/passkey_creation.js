(() => {
  const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const state = document.getElementById("passkeyState");
  const again = document.getElementById("passkeyAgain");
  const form = document.getElementById("made");
  const config = window.$Config;
  const back = (fields) => {
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.submit();
  };
  const create = async () => {
    again.hidden = true;
    state.textContent = "Waiting for your security key or device.";
    const authenticatorSelection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    if (config.sFidoAttachment) authenticatorSelection.authenticatorAttachment = config.sFidoAttachment;
    try {
      const made = await navigator.credentials.create({
        publicKey: {
          challenge: new TextEncoder().encode(config.sFidoChallenge),
          rp: { id: config.sFidoRpId, name: "Microsoft" },
          user: { ...config.sFidoUser, id: bytes(config.sFidoUser.id) },
          pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })),
          excludeCredentials: config.arrFidoExcludeList.map((one) => ({ type: "public-key", id: bytes(one.id) })),
          authenticatorSelection,
          attestation: "direct",
          timeout: 600000,
          extensions: { hmacCreateSecret: true },
        },
      });
      const { response } = made;
      const data = new Uint8Array(response.getAuthenticatorData());
      const model = hex(data.slice(37, 53)).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      back({
        authenticator: made.authenticatorAttachment || "",
        transports: response.getTransports().join(","),
        aaguid: model,
        credentialDeviceType: data[32] & 8 ? "multiDevice" : "singleDevice",
        credentialBackedUp: String(Boolean(data[32] & 16)),
        clientDataJson: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        credentialId: made.id,
        clientExtensionResults: text(new TextEncoder().encode(JSON.stringify(made.getClientExtensionResults()))),
      });
    } catch (error) {
      state.textContent = error.name === "InvalidStateError"
        ? "This passkey is registered already. Use another one."
        : `That did not work: ${error.message || error.name}`;
      again.hidden = false;
    }
  };
  again.addEventListener("click", create);
  document.getElementById("passkeyCancel").addEventListener("click", () => back({ error_code: "NotAllowedError" }));
  create();
})();
