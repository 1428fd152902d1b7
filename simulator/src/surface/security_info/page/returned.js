(() => {
  const content = (id) => document.getElementById(id).dataset.content;
  sessionStorage.setItem("newPasskey", content("context"));
  location.replace(content("redirectUrl"));
})();
