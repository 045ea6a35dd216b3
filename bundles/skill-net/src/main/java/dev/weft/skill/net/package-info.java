/** HTTP to addresses that are allowed, and to no other. No bundle exports it: skills embed what they use. */
package dev.weft.skill.net;
