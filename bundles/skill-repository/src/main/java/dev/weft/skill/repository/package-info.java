/** Repositories of skills: what they look like, how they are written, and how they are read without trusting them. */
package dev.weft.skill.repository;
