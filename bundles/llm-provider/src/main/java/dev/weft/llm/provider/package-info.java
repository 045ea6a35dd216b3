/** What every chat model provider has: configuration, key, HTTP, errors, probe. Embedded in each {@code llm-*} bundle. */
package dev.weft.llm.provider;
