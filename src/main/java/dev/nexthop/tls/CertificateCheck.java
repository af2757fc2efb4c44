package dev.nexthop.tls;

/** What happens to a certificate that can't be verified. */
public enum CertificateCheck {
    /** The host is not used. */
    REQUIRE,
    /** The connection is still encrypted, and the log says {@code tls=unverified}. Opportunistic MX delivery only. */
    OPPORTUNISTIC,
    /** Nobody looks. */
    NEVER
}
