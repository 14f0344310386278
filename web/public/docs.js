// The documentation of the API with its operations to try, from the document that the service serves.
// The list that the page has without this script stays when it fails.

/** Operations whose path, summary or id has all words of what is searched. */
const search = (tags, text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (operation) => {
    const about = [
      operation.get('path'),
      operation.get('method'),
      operation.getIn(['operation', 'summary']),
      operation.getIn(['operation', 'operationId']),
    ];
    const told = about.join(' ').toLowerCase();
    return words.every((word) => told.includes(word));
  };
  const left = tags.map((tag) => tag.set('operations', tag.get('operations').filter(fits)));
  return left.filter((tag) => tag.get('operations').size > 0);
};

window.SwaggerUIBundle({
  url: document.getElementById('docs').dataset.document,
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  // What optional parameters look like (`x-example`), which is not sent unless somebody types it.
  showExtensions: true,
  // Nothing is sent to a validator elsewhere.
  validatorUrl: null,
  plugins: [{ fn: { opsFilter: search } }],
});
