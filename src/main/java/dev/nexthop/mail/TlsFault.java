package dev.nexthop.mail;

/** Why a connection is not as secure as it should be: the result types of RFC 8460 §4.3. */
public enum TlsFault {
    /** The host does not offer STARTTLS. */
    STARTTLS_NOT_SUPPORTED("starttls-not-supported"),
    /** The certificate does not name the host. */
    CERTIFICATE_HOST_MISMATCH("certificate-host-mismatch"),
    /** The certificate has expired, or is not valid yet. */
    CERTIFICATE_EXPIRED("certificate-expired"),
    /** No path leads from the certificate to a trust anchor. */
    CERTIFICATE_NOT_TRUSTED("certificate-not-trusted"),
    /** Anything else, such as a handshake that failed. */
    VALIDATION_FAILURE("validation-failure"),
    /** No TLSA record is usable, or the certificate matches none. */
    TLSA_INVALID("tlsa-invalid"),
    /** The answers of DNS are bogus, or DNS could not say. */
    DNSSEC_INVALID("dnssec-invalid"),
    /** DANE is required, and the host has no TLSA record that counts. */
    DANE_REQUIRED("dane-required"),
    /** The policy of MTA-STS could not be had. */
    STS_POLICY_FETCH_ERROR("sts-policy-fetch-error"),
    /** The policy of MTA-STS, or its TXT record, makes no sense; or the MX host is none that it names. */
    STS_POLICY_INVALID("sts-policy-invalid"),
    /** The certificate of the host of the policy is not verified. */
    STS_WEBPKI_INVALID("sts-webpki-invalid");

    private final String word;

    TlsFault(String word) {
        this.word = word;
    }

    /** The word of RFC 8460 §4.3. */
    public String word() {
        return word;
    }
}
