/** The offline default: a chat model that is none. It picks a tool by fixed rules and says so. */
package dev.weft.llm.rules;
