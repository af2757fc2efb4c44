package dev.nexthop.event;

/** Where rooms tell what happened. Calls return at once. */
public interface Events {
    /**
     * One attempt for one recipient has ended.
     *
     * @param event what happened
     */
    void delivery(DeliveryEvent event);

    /**
     * A message was accepted.
     *
     * @param event what happened
     */
    void accepted(AcceptedEvent event);

    /**
     * A connection to an MX host was opened, or was not.
     *
     * @param event what happened
     */
    void tls(TlsEvent event);

    /**
     * Something needs an operator: routing at fault, AUTH refused, disk trouble, a double bounce.
     *
     * @param subject a short stable word such as {@code routing} or {@code auth}
     * @param text one sentence without secrets
     */
    void alarm(String subject, String text);

    /**
     * Something that an operator was called for is over.
     *
     * @param subject the word of the alarm
     * @param text one sentence without secrets
     */
    void relief(String subject, String text);
}
