/** For the tests of skills: a skill without a host, on a plain class path or in a small framework. */
package dev.weft.skill.testing;
