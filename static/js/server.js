// What a request of a script needs to be taken.

// Signing in again in another tab renews the token, so the cookie knows better than the page.
export function csrfToken() {
  const kept = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  return kept ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}
