// A receiver on Node's own http2 module. Prints its port, ends with its standard input.
//
//   node http2-receiver.js <certificate> <key> [<authority of clients>]
"use strict";

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const http2 = require("node:http2");

const [cert, key, clients] = process.argv.slice(2).map((file) => readFileSync(file));

const resets = [];

const routes = {
  // What came: version, length and hash of the body, the client's name.
  "/facts": (request, response) => {
    const hash = createHash("sha256");
    let length = 0;
    request.on("data", (chunk) => {
      hash.update(chunk);
      length += chunk.length;
    });
    request.on("end", () => {
      const client = request.socket.getPeerCertificate().subject;
      response.end([request.httpVersion, length, hash.digest("hex"), client ? client.CN : ""].join(" "));
    });
  },
  // Answers before it has read anything.
  "/early": (request, response) => response.end("enough"),
  "/refuse": (request, response) => {
    response.writeHead(413);
    response.end();
  },
  "/large": (request, response) => {
    request.resume();
    response.end(Buffer.alloc(Number(new URL(request.url, "https://x").searchParams.get("bytes"))));
  },
  "/hang": (request) => {
    request.resume();
    request.stream.on("close", () => resets.push(request.stream.rstCode));
  },
  "/resets": (request, response) => response.end(resets.join(" ")),
  // Ends the connection in good order.
  "/last": (request, response) => {
    request.resume();
    response.end("the last one here");
    request.stream.session.close();
  },
};

const server = http2.createSecureServer({
  cert,
  key,
  allowHTTP1: true,
  ...(clients && { ca: clients, requestCert: true, rejectUnauthorized: true }),
});
server.on("request", (request, response) => {
  // A client that gives up is no reason to end.
  request.on("error", () => {});
  response.on("error", () => {});
  routes[request.url.split("?")[0]](request, response);
});
server.on("sessionError", () => {});
server.on("tlsClientError", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit(0));
