/** What a host needs, looked at one by one. */
package dev.weft.host.doctor;
