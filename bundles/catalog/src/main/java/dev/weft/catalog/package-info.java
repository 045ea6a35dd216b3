/** What a host has of repositories, and what it does with it. */
package dev.weft.catalog;
