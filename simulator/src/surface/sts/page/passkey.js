(() => {
  const state = document.getElementById("passkeyState");
  const again = document.getElementById("passkeyAgain");
  const ask = async () => {
    again.hidden = true;
    state.textContent = "Waiting for your passkey.";
    try {
      await answerWithPasskey(window.$Config);
    } catch (error) {
      state.textContent = `That did not work: ${error.message || error.name}`;
      again.hidden = false;
    }
  };
  again.addEventListener("click", ask);
  ask();
})();
