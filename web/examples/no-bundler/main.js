import { Reckon } from "./node_modules/reckon/reckon.js";

const engine = await Reckon.load("reckon-mini");
const messages = [{ role: "user", content: "What is 47 × 6?" }];
const stream = await engine.chat.completions.create({ messages, temperature: 0, stream: true });
for await (const { choices } of stream) {
  const { reasoning_content = "", content = "" } = choices[0].delta;
  document.querySelector("#thinking").append(reasoning_content);
  document.querySelector("#answer").append(content);
}
