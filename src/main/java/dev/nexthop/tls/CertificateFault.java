package dev.nexthop.tls;

import dev.nexthop.mail.TlsFault;

/**
 * What is wrong with a certificate.
 *
 * @param words one clause
 * @param fault by its type in RFC 8460 §4.3
 */
record CertificateFault(String words, TlsFault fault) {}
