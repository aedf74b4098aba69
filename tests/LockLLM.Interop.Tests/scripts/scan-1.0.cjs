// One scan as version 1.0.1 of the package sends it: settings in the body, no LockLLM header. That version could
// not be installed when this was written, so its request is written out.
const call = JSON.parse(process.argv[2]);

(async () => {
  const response = await fetch(`${call.base}/v1/scan`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${call.key}`,
      'X-Request-Id': `req_${Date.now()}_${Math.random().toString(36).slice(2, 11)}`,
    },
    body: JSON.stringify({ input: call.request.input, sensitivity: call.request.sensitivity ?? 'medium' }),
  });
  console.log(JSON.stringify({ wire: [{ status: response.status, headers: Object.fromEntries(response.headers) }], result: await response.json() }));
})();
