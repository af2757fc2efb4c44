package dev.nexthop.client;

import dev.nexthop.mail.Step;

/**
 * What a step came to, for the session as a whole or for one recipient.
 *
 * @param step where it happened; {@link Step#END_OF_DATA} only once the final dot may have reached the server
 * @param response what came
 */
public record Answer(Step step, Response response) {}
