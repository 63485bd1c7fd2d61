/* global SwaggerUIBundle, SwaggerUIStandalonePreset */
function storedCsrfToken() {
  try {
    return localStorage.getItem('csrf-token');
  } catch {
    return null; // storage may be blocked
  }
}

SwaggerUIBundle({
  url: '/q/openapi',
  dom_id: '#swagger-ui',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  requestInterceptor: (request) => {
    // a user who is signed in on the web page needs no token here
    const csrfToken = request.headers.Authorization ? null : storedCsrfToken();
    if (csrfToken && request.method !== 'GET') {
      request.headers['X-CSRF-Token'] = csrfToken;
    }
    return request;
  },
});
