/** Chat models of servers that speak the OpenAI wire. */
package dev.weft.llm.openai;
