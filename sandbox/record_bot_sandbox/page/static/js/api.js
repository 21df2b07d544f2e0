// What people do: calls of the two control APIs.
import { toast } from "./dom.js";

async function call(method, path, body) {
  let answer;
  try {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    answer = await fetch(path, { method, body: sent });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const detail = told.detail ?? told.message ?? told.error ?? `status ${answer.status}`;
  throw new Error(typeof detail === "string" ? detail : JSON.stringify(detail));
}

/** The same, with what went wrong shown; undefined then. */
const told = (work) =>
  work.catch((error) => {
    toast(error.message);
    return undefined;
  });

export const slack = (path, body = {}) => call("POST", `/sim/${path}`, body);
export const slackTold = (path, body) => told(slack(path, body));
export const slackForget = (path) => told(call("DELETE", `/sim/${path}`));
export const hms = (path, body = {}) => told(call("POST", `/100ms/${path}`, body));
export const hmsState = () => call("GET", "/100ms/state");
export const hmsRequests = () => call("GET", "/100ms/requests?last=200");
