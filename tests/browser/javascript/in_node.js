import "./calls.js";

const [endpoint, account] = process.argv.slice(2);
console.log(JSON.stringify(await globalThis.calls(endpoint, account)));
