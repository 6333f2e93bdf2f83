/** A model container of a user's own, for tests: it answers with what it got, and knows a few commands. */

import { createServer } from 'node:http';

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  if (body === 'die') process.exit(1);
  if (body === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
  const seen = {
    body,
    headers: request.headers,
    role: process.env['AWS_ACCESS_KEY_ID'],
    colour: process.env['COLOUR'],
    pid: process.pid,
  };
  response.writeHead(body === 'teapot' ? 503 : 200, {
    'content-type': 'application/json',
    'x-amzn-sagemaker-custom-attributes': `colour=${process.env['COLOUR']}`,
  });
  response.end(body === 'teapot' ? 'short and stout' : JSON.stringify(seen));
}).listen(Number(process.env['SAGEMAKER_BIND_TO_PORT']), '127.0.0.1');
