// A token endpoint on oauth2-mock-server. Prints its port, then a line for each request; ends with its standard input,
// whose lines are commands: "fail <status> <error>" spoils the next answer.
"use strict";

const { randomUUID } = require("node:crypto");
const { createInterface } = require("node:readline");

let spoiled;

import("oauth2-mock-server").then(async ({ OAuth2Server }) => {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  // Two tokens of one second would be the same one.
  server.service.on("beforeTokenSigning", (token) => {
    token.payload.jti = randomUUID();
  });
  server.service.on("beforeResponse", (answer, request) => {
    if (spoiled) {
      answer.statusCode = spoiled.status;
      answer.body = { error: spoiled.error };
      spoiled = undefined;
    }
    const { grant_type, client_id, client_secret, scope, refresh_token } = request.body;
    console.log([grant_type, client_id, client_secret, scope, refresh_token].map((one) => one || "-").join(" "));
  });
  await server.start(0, "127.0.0.1");

  createInterface({ input: process.stdin })
    .on("line", (command) => {
      const [, status, error] = command.split(" ");
      spoiled = { status: Number(status), error };
      console.log("ok");
    })
    .on("close", () => process.exit(0));
  console.log(server.address().port);
});
