package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A browser sends the login that it remembers with the form of any page; what it says of that page decides. */
class CrossSiteTest {
    @ParameterizedTest(name = "{0}, {1}: {2}: {3}")
    @CsvSource({
        "POST, Sec-Fetch-Site, cross-site, true",
        "POST, Sec-Fetch-Site, same-site, true",
        "POST, Sec-Fetch-Site, 'none, cross-site', true",
        "POST, Sec-Fetch-Site, '', true",
        "POST, Sec-Fetch-Site, same-origin, false",
        "POST, Sec-Fetch-Site, none, false",
        "POST, Origin, https://evil.example, true",
        "POST, Origin, http://mx.example.org, true",
        "POST, Origin, http://mx.example.org:8081, true",
        "POST, Origin, mx.example.org:8080, true",
        "POST, Origin, 'null', true",
        "POST, Origin, '', true",
        "POST, Origin, http://mx.example.org:8080.evil.example, true",
        "POST, Origin, http://evil.example/http://mx.example.org:8080, true",
        "POST, Origin, http://mx.example.org:8080 http://evil.example, true",
        "POST, Origin, http://mx.example.org:8080, false",
        "POST, Origin, HTTP://MX.Example.org:8080, false",
        "POST, Referer, https://evil.example/, false",
        "OPTIONS, Origin, https://evil.example, true",
        "DELETE, Origin, https://evil.example, true",
        "get, Origin, https://evil.example, true",
        "GET, Origin, https://evil.example, false",
        "HEAD, Sec-Fetch-Site, cross-site, false",
    })
    void onlyThisServersOwnPagesAct(String method, String field, String value, boolean refused) {
        HttpFields fields =
                HttpFields.build().put("Host", "mx.example.org:8080").put(field, value);
        assertThat(CrossSite.refusal(method, fields).isPresent()).isEqualTo(refused);
    }

    @Test
    void oneForeignOriginOfSeveralIsEnough() {
        HttpFields.Mutable fields = HttpFields.build()
                .put("Host", "mx.example.org")
                .add("Origin", "http://mx.example.org")
                .add("Origin", "http://evil.example");
        assertThat(CrossSite.refusal("POST", fields)).isPresent();
        assertThat(CrossSite.refusal("POST", fields.put("Origin", "http://mx.example.org")))
                .isEmpty();
        assertThat(CrossSite.refusal("POST", fields.remove("Host"))).isPresent();
    }
}
