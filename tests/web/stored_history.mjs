// Stores operations as the history of GraphiQL does, and prints as JSON all that the browser's storage has then.
const stored = new Map();
globalThis.localStorage = { setItem: (key, value) => stored.set(key, value) };
const { storageOf } = await import("../../app/web/ui/src/storage.ts");

const item = { query: "{ a }", variables: '{"headers": 1}', headers: '{"Authorization": "Bearer secret"}' };
for (const list of ["queries", "favorites"]) {
  storageOf("CLIENT").setItem(`graphiql:${list}`, JSON.stringify({ [list]: [item, { query: "{ b }" }] }));
}
console.log(JSON.stringify(Object.fromEntries(stored)));
