// Passkeys that the browser offers in the field of the name. Who picks none goes on by name, and sees nothing of this.
(async () => {
  const available = await window.PublicKeyCredential?.isConditionalMediationAvailable?.();
  if (!available) return;
  const leaving = new AbortController();
  addEventListener("submit", () => leaving.abort());
  await answerWithPasskey(window.$Config, { mediation: "conditional", signal: leaving.signal }).catch(() => {});
})();
