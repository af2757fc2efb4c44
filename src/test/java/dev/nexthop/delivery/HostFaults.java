package dev.nexthop.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a host may do to two recipients, and what becomes of them. */
final class HostFaults {
    /** The timeout of a cell that uses it up. */
    static final Duration SHORT = Duration.ofMillis(600);

    private HostFaults() {}

    /** Whom a second host gets. */
    enum Second {
        BOTH,
        NONE,
        OTHER
    }

    record Fault(String script, String first, String other, Second second) {}

    static Fault fault(String script, String outcome, Second second) {
        return new Fault(script, outcome, outcome, second);
    }

    static final List<Fault> FAULTS = List.of(
            fault("refused", "deferred 4.4.1", Second.BOTH),
            fault("greeting=421 4.3.2 busy", "deferred 4.3.2", Second.BOTH),
            fault("greeting=450 not now", "deferred 4.0.0", Second.BOTH),
            fault("greeting=554 5.7.1 go away", "deferred 4.7.1", Second.BOTH),
            fault("greeting=garbage", "deferred 4.5.0", Second.BOTH),
            fault("greeting=drop", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=reset", "deferred 4.4.2", Second.BOTH),
            fault("greeting=stall", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("ehlo=451 later", "deferred 4.3.0", Second.BOTH),
            fault("ehlo=550 no;helo=550 no", "deferred 4.0.0", Second.BOTH),
            fault("ehlo=garbage", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=drop", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=stall", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=454 4.7.0 no entropy", "deferred 4.7.0", Second.BOTH),
            fault("offer-starttls;starttls=502 what", "deferred 4.5.1", Second.BOTH),
            fault("offer-starttls;starttls=drop", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=220 go\\n250 injected", "deferred 4.7.5", Second.BOTH),
            fault("mail=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("mail=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("mail=452 full", "deferred 4.3.1", Second.BOTH),
            fault("mail=550 5.7.1 not you", "failed 5.7.1", Second.NONE),
            fault("mail=552 too big", "failed 5.3.4", Second.NONE),
            fault("mail=garbage", "deferred 4.5.0", Second.BOTH),
            fault("mail=354 what", "deferred 4.5.0", Second.BOTH),
            fault("mail=drop", "deferred 4.4.2", Second.BOTH),
            fault("mail=stall", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=450 4.2.0 grey", "deferred 4.2.0", Second.BOTH),
            fault("rcpt=452 4.5.3 too many", "deferred 4.5.3", Second.BOTH),
            fault("rcpt=550 5.1.1 who", "failed 5.1.1", Second.NONE),
            fault("rcpt=550 who", "failed 5.1.1", Second.NONE),
            fault("rcpt=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("rcpt=drop", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=stall", "deferred 4.4.2", Second.BOTH),
            new Fault("rcpt=250 ok|550 5.1.1 who", "delivered 2.0.0", "failed 5.1.1", Second.NONE),
            new Fault("rcpt=250 ok|450 4.2.1 later", "delivered 2.0.0", "deferred 4.2.1", Second.NONE),
            new Fault("rcpt=550 5.1.1 who|450 4.2.1 later", "failed 5.1.1", "deferred 4.2.1", Second.OTHER),
            new Fault("rcpt=550 5.1.1 who|421 bye", "failed 5.1.1", "deferred 4.3.2", Second.OTHER),
            new Fault("rcpt=550 5.1.1 who|drop", "failed 5.1.1", "deferred 4.4.2", Second.OTHER),
            fault("rcpt=250 ok|drop", "deferred 4.4.2", Second.BOTH),
            fault("data=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("data=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("data=554 5.7.1 no", "failed 5.7.1", Second.NONE),
            fault("data=250 what", "deferred 4.5.0", Second.BOTH),
            fault("data=drop", "deferred 4.4.2", Second.BOTH),
            fault("data=stall", "deferred 4.4.2", Second.BOTH),
            fault("large;content=reset", "deferred 4.4.2", Second.BOTH),
            fault("large;content=552 5.3.4 too big", "failed 5.3.4", Second.NONE),
            fault("large;content=451 4.3.0 disk", "deferred 4.3.0", Second.BOTH),
            fault("dot=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("dot=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("dot=554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("dot=garbage", "deferred 4.5.0", Second.NONE),
            fault("dot=drop", "deferred 4.4.2", Second.NONE),
            fault("dot=reset", "deferred 4.4.2", Second.NONE),
            fault("dot=stall", "deferred 4.4.2", Second.NONE),
            fault("unaccepted", "deferred 4.4.1", Second.BOTH),
            fault("greeting=endless", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=endless", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=250-us\\n550 them", "deferred 4.5.0", Second.BOTH),
            fault("offer-starttls;starttls=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("offer-starttls;starttls=reset", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=garbage", "deferred 4.5.0", Second.BOTH),
            fault("offer-starttls;starttls=stall", "deferred 4.4.2", Second.BOTH),
            fault("mail=reset", "deferred 4.4.2", Second.BOTH),
            fault("mail=endless", "deferred 4.5.0", Second.BOTH),
            fault("mail=250-ok\\n550 no", "deferred 4.5.0", Second.BOTH),
            fault("mail=250 ok\\n250 surplus", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=reset", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=garbage", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=354 what", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=250 ok\\n250 surplus", "deferred 4.5.0", Second.BOTH),
            new Fault("rcpt=250 ok|552 5.2.2 full", "delivered 2.0.0", "failed 5.2.2", Second.NONE),
            fault("data=reset", "deferred 4.4.2", Second.BOTH),
            fault("data=garbage", "deferred 4.5.0", Second.BOTH),
            fault("data=354 go\\n250 2.0.0 already", "deferred 4.5.0", Second.BOTH),
            fault("data=354 go\\n554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("data=354 go\\n421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("large;content=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("dot=endless", "deferred 4.5.0", Second.NONE),
            fault("dot=354 what", "deferred 4.5.0", Second.NONE),
            fault("dot=250-ok\\n550 no", "deferred 4.5.0", Second.NONE),
            fault("dot=452 4.3.1 disk", "deferred 4.3.1", Second.BOTH));

    /** The whole message leaves with its envelope, so that silence anywhere leaves open whether it was taken. */
    static final List<Fault> ONE_FLIGHT = List.of(
            fault("chunk;mail=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;mail=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("chunk;mail=550 5.7.1 not you", "failed 5.7.1", Second.NONE),
            fault("chunk;mail=garbage", "deferred 4.5.0", Second.NONE),
            fault("chunk;mail=drop", "deferred 4.4.2", Second.NONE),
            fault("chunk;mail=stall", "deferred 4.4.2", Second.NONE),
            fault("chunk;rcpt=450 4.2.0 grey", "deferred 4.2.0", Second.BOTH),
            fault("chunk;rcpt=550 5.1.1 who", "failed 5.1.1", Second.NONE),
            fault("chunk;rcpt=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;rcpt=drop", "deferred 4.4.2", Second.NONE),
            new Fault("chunk;rcpt=250 ok|550 5.1.1 who", "delivered 2.0.0", "failed 5.1.1", Second.NONE),
            new Fault("chunk;rcpt=250 ok|450 4.2.1 later", "delivered 2.0.0", "deferred 4.2.1", Second.NONE),
            new Fault("chunk;rcpt=550 5.1.1 who|drop", "failed 5.1.1", "deferred 4.4.2", Second.NONE),
            fault("chunk;rcpt=250 ok\\n250 surplus", "deferred 4.5.0", Second.NONE),
            fault("chunk;bdat=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;bdat=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("chunk;bdat=554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("chunk;bdat=354 what", "deferred 4.5.0", Second.NONE),
            fault("chunk;bdat=drop", "deferred 4.4.2", Second.NONE),
            fault("chunk;bdat=stall", "deferred 4.4.2", Second.NONE));

    private static final List<String> MECHANISMS = List.of("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN");

    /** The credentials belong to the hop: whatever the server says to them, the mail waits or goes to the next host. */
    static List<Fault> logins() {
        List<Fault> all = new ArrayList<>();
        for (String mechanism : MECHANISMS) {
            String script = "login:" + mechanism + ";auth=";
            all.add(fault(script + "535 5.7.8 no", "deferred 4.7.8", Second.BOTH));
            all.add(fault(script + "504 5.5.4 what", "deferred 4.5.4", Second.BOTH));
            all.add(fault(script + "454 4.7.0 later", "deferred 4.7.0", Second.BOTH));
            all.add(fault(script + "421 4.3.2 bye", "deferred 4.3.2", Second.BOTH));
            all.add(fault(script + "garbage", "deferred 4.5.0", Second.BOTH));
            all.add(fault(script + "reset", "deferred 4.4.2", Second.BOTH));
            all.add(fault(script + "stall", "deferred 4.4.2", Second.BOTH));
        }
        return all;
    }

    /** The timeouts that a fault uses up, by step: all others are long, so that a slow machine adds no second fault. */
    static Map<String, Duration> timeouts(String script) {
        if (script.equals("unaccepted")) {
            return Map.of("connect", SHORT);
        }
        if (!script.contains("stall")) {
            return Map.of();
        }
        List<String> steps = List.of("mail", "rcpt", "data");
        if (!script.startsWith("chunk")) { // which leaves as one
            String command = script.substring(0, script.indexOf("=stall")).replaceFirst(".*;", "");
            steps = switch (command) {
                case "auth" -> List.of("ehlo");
                case "starttls" -> List.of("ehlo", "tls");
                case "dot" -> List.of("data");
                default -> List.of(command);
            };
        }
        Map<String, Duration> timeouts = new HashMap<>();
        steps.forEach(step -> timeouts.put(step, SHORT));
        return timeouts;
    }
}
