/* Uploading a folder: sends the path of each file along, because browsers send only its name. */
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("[data-folder-upload]");
  const input = field?.querySelector("input");
  if (!input || !("webkitdirectory" in input)) return;
  field.hidden = false;
  input.addEventListener("change", () => {
    field.querySelectorAll("input[name=paths]").forEach((path) => path.remove());
    for (const file of input.files) {
      const path = document.createElement("input");
      path.type = "hidden";
      path.name = "paths";
      path.value = file.webkitRelativePath;
      field.append(path);
    }
  });
});
