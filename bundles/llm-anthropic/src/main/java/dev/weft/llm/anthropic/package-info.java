/** Anthropic: LangChain4j's client as a provider. */
package dev.weft.llm.anthropic;
