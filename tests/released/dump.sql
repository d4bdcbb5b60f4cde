CREATE TABLE public.account_heads (
    account_id uuid NOT NULL,
    next_order_number integer NOT NULL,
    next_event_sequence bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    frontier timestamp with time zone NOT NULL,
    minutes_since timestamp with time zone NOT NULL
);
CREATE TABLE public.accounts (
    id uuid NOT NULL,
    ref character varying,
    name character varying NOT NULL,
    plan character varying NOT NULL,
    time_zone character varying NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.events (
    account_id uuid NOT NULL,
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    type character varying NOT NULL,
    order_id uuid,
    image_id uuid,
    data jsonb NOT NULL
);
CREATE TABLE public.idempotency_keys (
    account_id uuid NOT NULL,
    key character varying NOT NULL,
    operation character varying NOT NULL,
    digest bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.images (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    number integer NOT NULL,
    filename character varying NOT NULL,
    status character varying NOT NULL,
    service_level character varying NOT NULL,
    specification_id uuid NOT NULL,
    specification_version integer NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    "position" integer NOT NULL,
    expedite_position integer,
    price numeric NOT NULL,
    due_at timestamp with time zone,
    late_at timestamp with time zone,
    first_delivered_at timestamp with time zone,
    delivered_at timestamp with time zone,
    first_rejected_at timestamp with time zone,
    rejected_at timestamp with time zone,
    redo_due_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    claimed_by character varying,
    claimed_until timestamp with time zone,
    first_claimed_at timestamp with time zone
);
CREATE TABLE public.import_lines (
    account_id uuid NOT NULL,
    kind character varying NOT NULL,
    ref character varying NOT NULL,
    digest bytea NOT NULL,
    subject_id uuid
);
CREATE TABLE public.job_cursors (
    account_id uuid NOT NULL,
    job character varying NOT NULL,
    time_zone character varying NOT NULL,
    date date,
    due_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    retry_at timestamp with time zone,
    imported boolean DEFAULT false NOT NULL
);
CREATE TABLE public.job_runs (
    id uuid NOT NULL,
    job character varying NOT NULL,
    time_zone character varying,
    account_id uuid,
    date date,
    scheduled_for timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    owner character varying NOT NULL,
    lease_until timestamp with time zone,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    accounts integer NOT NULL,
    failures integer NOT NULL,
    error character varying,
    horizon timestamp with time zone,
    CONSTRAINT job_runs_state_check CHECK (((state)::text = ANY ((ARRAY['RUNNING'::character varying, 'SUCCEEDED'::character varying, 'FAILED'::character varying])::text[])))
);
CREATE TABLE public.ledger_days (
    account_id uuid NOT NULL,
    date date NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    sla_version integer NOT NULL,
    capacity integer NOT NULL,
    used integer NOT NULL,
    expedite_capacity integer NOT NULL,
    expedite_used integer NOT NULL
);
CREATE TABLE public.orders (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    number integer NOT NULL,
    name character varying NOT NULL,
    specification_id uuid NOT NULL,
    specification_version integer NOT NULL,
    service_level character varying NOT NULL,
    status character varying NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    deadline_status character varying NOT NULL,
    due_at timestamp with time zone,
    late_at timestamp with time zone,
    sla_version integer NOT NULL,
    first_position integer NOT NULL,
    last_position integer NOT NULL,
    expedited_at timestamp with time zone,
    first_expedite_position integer,
    last_expedite_position integer,
    confirmed_at timestamp with time zone,
    image_count integer NOT NULL,
    delivered_count integer NOT NULL,
    rejected_count integer NOT NULL,
    price numeric NOT NULL,
    currency character varying NOT NULL,
    delivered_at timestamp with time zone,
    completed_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    split_from uuid
);
CREATE TABLE public.pulse_snapshots (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    date date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    figures jsonb NOT NULL,
    streak jsonb NOT NULL
);
CREATE TABLE public.rejections (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    image_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    reason character varying NOT NULL,
    due_at timestamp with time zone NOT NULL,
    late_at timestamp with time zone,
    redelivered_at timestamp with time zone,
    sla_version integer NOT NULL
);
CREATE TABLE public.rollups (
    account_id uuid NOT NULL,
    grain smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    uploaded integer NOT NULL,
    delivered integer NOT NULL,
    rejected integer NOT NULL,
    lead_microseconds bigint NOT NULL,
    met_standard integer NOT NULL,
    met_expedited integer NOT NULL,
    met_additional integer NOT NULL,
    met_rejection integer NOT NULL,
    late_standard integer NOT NULL,
    late_expedited integer NOT NULL,
    late_additional integer NOT NULL,
    late_rejection integer NOT NULL,
    CONSTRAINT rollups_grain_check CHECK ((grain = ANY (ARRAY[1, 60, 1440])))
);
CREATE TABLE public.savings_rollups (
    account_id uuid NOT NULL,
    grain smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    specification_id uuid NOT NULL,
    specification_version integer NOT NULL,
    images integer NOT NULL,
    CONSTRAINT savings_rollups_grain_check CHECK ((grain = ANY (ARRAY[1, 60, 1440])))
);
CREATE TABLE public.signing_keys (
    purpose character varying NOT NULL,
    secret bytea NOT NULL
);
CREATE TABLE public.sla_versions (
    account_id uuid NOT NULL,
    version integer NOT NULL,
    effective_date date NOT NULL,
    images_per_day integer,
    expedites_per_day integer,
    negotiated_at timestamp with time zone NOT NULL,
    note character varying
);
CREATE TABLE public.specification_versions (
    account_id uuid NOT NULL,
    specification_id uuid NOT NULL,
    version integer NOT NULL,
    name character varying NOT NULL,
    price_per_image numeric NOT NULL,
    currency character varying NOT NULL,
    steps jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.specifications (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    current_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone
);
CREATE TABLE public.staff_idempotency_keys (
    key character varying NOT NULL,
    operation character varying NOT NULL,
    digest bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.time_zone_periods (
    account_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    time_zone character varying NOT NULL
);
CREATE TABLE public.tokens (
    id uuid NOT NULL,
    account_id uuid,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.upload_weeks (
    account_id uuid NOT NULL,
    week date NOT NULL,
    images integer NOT NULL
);
INSERT INTO public.account_heads VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 6, 29, '2026-03-11 00:00:00+00', '2026-03-04 12:00:00+00', '2026-03-03 10:00:00+00');
INSERT INTO public.account_heads VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 6, 33, '2026-03-11 08:02:00+00', '2026-03-11 08:02:00+00', '2026-03-09 11:00:00+00');
INSERT INTO public.accounts VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'acme', 'ACME', 'PROFESSIONAL', 'Europe/London', '2026-03-03 10:00:00+00');
INSERT INTO public.accounts VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', NULL, 'Live', 'PROFESSIONAL', 'America/New_York', '2026-03-09 11:00:00+00');
INSERT INTO public.alembic_version VALUES ('2026_11_22_0006');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 11:00:00+00', 'ACCOUNT_CREATED', NULL, NULL, '{"after": {"ref": null, "name": "Live", "plan": "PROFESSIONAL", "timeZone": "Europe/Copenhagen", "imagesPerDay": 4, "expeditesPerDay": 2}, "before": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 10:00:00+00', 'ACCOUNT_CREATED', NULL, NULL, '{"after": {"ref": "acme", "name": "ACME", "plan": "PROFESSIONAL", "timeZone": "Europe/Copenhagen", "imagesPerDay": 4, "expeditesPerDay": 2}, "before": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 2, '2026-03-03 10:00:00+00', 'SPECIFICATION_CHANGED', NULL, NULL, '{"after": {"id": "019cd277-ea00-7000-988c-8e2bc324c985", "name": "Ghost mannequin", "steps": [{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}], "version": 1, "currency": "USD", "pricePerImage": "1.45"}, "before": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 3, '2026-03-03 10:00:00+00', 'ORDER_PLACED', '019cb323-e500-7000-9644-434b008a05a6', NULL, '{"after": {"name": "Order o-1", "dueAt": "2026-03-04T08:00:00+00:00", "price": "2.90", "number": 1, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T10:00:00+00:00", "splitFrom": null, "imageCount": 2, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb323-e500-7000-9644-434b008a05a7", "filename": "a.jpg"}, {"id": "019cb323-e500-7000-9644-434b008a05a8", "filename": "b.jpg"}], "firstNumber": 1, "firstPosition": 1, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 4, '2026-03-03 10:00:00+00', 'ORDER_PLACED', '019cb323-e500-7000-99a8-8fc6b8b6d8fe', NULL, '{"after": {"name": "Order o-2", "dueAt": "2026-03-04T08:00:00+00:00", "price": "2.90", "number": 2, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T10:00:00+00:00", "splitFrom": null, "imageCount": 2, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb323-e500-7000-99a8-8fc6b8b6d8ff", "filename": "e.jpg"}, {"id": "019cb323-e500-7000-99a8-8fc6b8b6d900", "filename": "f.jpg"}], "firstNumber": 1, "firstPosition": 3, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 5, '2026-03-03 11:00:00+00', 'ORDER_SPLIT', '019cb323-e500-7000-99a8-8fc6b8b6d8fe', NULL, '{"into": [{"id": "019cb35a-d380-7000-92ea-ba983a902931", "number": 3, "serviceLevel": "EXPEDITED"}], "after": {"price": "1.45", "imageCount": 1}, "before": {"price": "2.90", "imageCount": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 6, '2026-03-03 11:00:00+00', 'ORDER_EXPEDITED', '019cb35a-d380-7000-92ea-ba983a902931', '019cb323-e500-7000-99a8-8fc6b8b6d900', '{"after": {"name": "Order o-2", "dueAt": "2026-03-03T14:00:00+00:00", "price": "2.90", "number": 3, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T10:00:00+00:00", "splitFrom": "019cb323-e500-7000-99a8-8fc6b8b6d8fe", "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": "2026-03-03T11:00:00+00:00", "serviceLevel": "EXPEDITED", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb323-e500-7000-99a8-8fc6b8b6d900", "expeditePosition": 1}], "pricePerImage": "2.90"}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 7, '2026-03-03 11:30:00+00', 'IMAGES_DELIVERED', '019cb35a-d380-7000-92ea-ba983a902931', '019cb323-e500-7000-99a8-8fc6b8b6d900', '{"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cb323-e500-7000-99a8-8fc6b8b6d900"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 8, '2026-03-03 12:00:00+00', 'ORDER_PLACED', '019cb391-c200-7000-8345-71e3f1fd42a2', NULL, '{"after": {"name": "Order o-3", "dueAt": null, "price": "2.90", "number": 4, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-03T12:00:00+00:00", "splitFrom": null, "imageCount": 2, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "ADDITIONAL", "deadlineStatus": "TO_BE_CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb391-c200-7000-8345-71e3f1fd42a3", "filename": "c.jpg"}, {"id": "019cb391-c200-7000-8345-71e3f1fd42a4", "filename": "d.jpg"}], "firstNumber": 1, "firstPosition": 5, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 9, '2026-03-03 12:30:00+00', 'IMAGES_DELIVERED', '019cb323-e500-7000-99a8-8fc6b8b6d8fe', '019cb323-e500-7000-99a8-8fc6b8b6d8ff', '{"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cb323-e500-7000-99a8-8fc6b8b6d8ff"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 10, '2026-03-04 07:00:00+00', 'IMAGES_DELIVERED', '019cb323-e500-7000-9644-434b008a05a6', '019cb323-e500-7000-9644-434b008a05a8', '{"after": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cb323-e500-7000-9644-434b008a05a8"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 11, '2026-03-04 07:00:00.00025+00', 'IMAGES_DELIVERED', '019cb323-e500-7000-9644-434b008a05a6', '019cb323-e500-7000-9644-434b008a05a7', '{"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 2}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 1}, "images": ["019cb323-e500-7000-9644-434b008a05a7"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 12, '2026-03-04 08:00:00+00', 'IMAGES_REJECTED', '019cb323-e500-7000-9644-434b008a05a6', '019cb323-e500-7000-9644-434b008a05a7', '{"after": {"status": "IN_PRODUCTION", "rejectedCount": 1, "deliveredCount": 1}, "before": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 2}, "images": [{"id": "019cb323-e500-7000-9644-434b008a05a7", "dueAt": "2026-03-04T13:00:00+00:00", "reason": "halo", "rejection": "019cb7dc-6400-7000-8885-c7a87204e52d", "slaVersion": 1}]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 13, '2026-03-04 08:00:00+00', 'DEADLINE_CONFIRMED', '019cb391-c200-7000-8345-71e3f1fd42a2', NULL, '{"after": {"dueAt": "2026-03-06T12:00:00+00:00", "confirmedAt": "2026-03-04T08:00:00+00:00", "deadlineStatus": "CONFIRMED"}, "before": {"dueAt": null, "confirmedAt": null, "deadlineStatus": "TO_BE_CONFIRMED"}, "images": ["019cb391-c200-7000-8345-71e3f1fd42a3", "019cb391-c200-7000-8345-71e3f1fd42a4"], "pricePerImage": "1.45"}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 14, '2026-03-04 09:00:00+00', 'IMAGES_DELIVERED', '019cb323-e500-7000-9644-434b008a05a6', '019cb323-e500-7000-9644-434b008a05a7', '{"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 2}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 1, "deliveredCount": 1}, "images": ["019cb323-e500-7000-9644-434b008a05a7"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 15, '2026-03-04 10:00:00+00', 'ORDER_PLACED', '019cb84a-4100-7000-8a28-6232e6c3f339', '019cb84a-4100-7000-8a28-6232e6c3f33a', '{"after": {"name": "Order o-4", "dueAt": "2026-03-05T08:00:00+00:00", "price": "1.45", "number": 5, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-04T10:00:00+00:00", "splitFrom": null, "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd277-ea00-7000-988c-8e2bc324c985", "specificationVersion": 1}, "before": null, "images": [{"id": "019cb84a-4100-7000-8a28-6232e6c3f33a", "filename": "o-4-1.jpg"}], "firstNumber": 1, "firstPosition": 1, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 16, '2026-03-04 10:30:00+00', 'ORDER_CANCELLED', '019cb84a-4100-7000-8a28-6232e6c3f339', NULL, '{"after": {"status": "CANCELLED", "cancelledAt": "2026-03-04T10:30:00+00:00"}, "before": {"status": "IN_PRODUCTION", "cancelledAt": null}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 17, '2026-03-04 11:00:00+00', 'SLA_NEGOTIATED', NULL, NULL, '{"after": {"version": 2, "imagesPerDay": 6, "effectiveDate": "2026-04-01", "expeditesPerDay": null}, "before": {"version": 1, "imagesPerDay": 4, "expeditesPerDay": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 18, '2026-03-04 12:00:00+00', 'TIME_ZONE_CHANGED', NULL, NULL, '{"after": {"timeZone": "Europe/London"}, "before": {"timeZone": "Europe/Copenhagen"}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 19, '2026-03-06 09:00:00+00', 'IMAGES_DELIVERED', '019cb391-c200-7000-8345-71e3f1fd42a2', NULL, '{"after": {"status": "READY_FOR_DOWNLOAD", "rejectedCount": 0, "deliveredCount": 2}, "before": {"status": "IN_PRODUCTION", "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cb391-c200-7000-8345-71e3f1fd42a3", "019cb391-c200-7000-8345-71e3f1fd42a4"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 2, '2026-03-09 12:01:00+00', 'SPECIFICATION_CHANGED', NULL, NULL, '{"after": {"id": "019cd278-d460-7000-80b6-dcdc07d4bedc", "name": "Ghost", "steps": [{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}], "version": 1, "currency": "USD", "pricePerImage": "1.45"}, "before": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 3, '2026-03-09 12:02:00+00', 'SPECIFICATION_CHANGED', NULL, NULL, '{"after": {"id": "019cd279-bec0-7000-94c9-14fb06839eb9", "name": "Ghost", "steps": [{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}], "version": 1, "currency": "USD", "pricePerImage": "1.45"}, "before": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 4, '2026-03-09 12:03:00+00', 'SPECIFICATION_CHANGED', NULL, NULL, '{"after": {"id": "019cd278-d460-7000-80b6-dcdc07d4bedc", "name": "Ghost mannequin", "version": 2}, "before": {"id": "019cd278-d460-7000-80b6-dcdc07d4bedc", "name": "Ghost", "version": 1}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 5, '2026-03-09 12:04:00+00', 'SPECIFICATION_CHANGED', NULL, NULL, '{"after": {"id": "019cd279-bec0-7000-94c9-14fb06839eb9", "archivedAt": "2026-03-09T12:04:00+00:00"}, "before": {"id": "019cd279-bec0-7000-94c9-14fb06839eb9", "archivedAt": null}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 6, '2026-03-09 12:05:00+00', 'ORDER_PLACED', '019cd27c-7de0-7000-90e2-5717076f3787', NULL, '{"after": {"name": "Shoes", "dueAt": "2026-03-10T08:00:00+00:00", "price": "5.80", "number": 1, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-09T12:05:00+00:00", "splitFrom": null, "imageCount": 4, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd278-d460-7000-80b6-dcdc07d4bedc", "specificationVersion": 2}, "before": null, "images": [{"id": "019cd27c-7de0-7000-90e2-5717076f3789", "filename": "0.jpg"}, {"id": "019cd27c-7de0-7000-90e2-5717076f378a", "filename": "1.jpg"}, {"id": "019cd27c-7de0-7000-90e2-5717076f378b", "filename": "2.jpg"}, {"id": "019cd27c-7de0-7000-90e2-5717076f378c", "filename": "3.jpg"}], "firstNumber": 1, "firstPosition": 1, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 7, '2026-03-09 12:05:00+00', 'ORDER_PLACED', '019cd27c-7de0-7000-90e2-5717076f3788', NULL, '{"after": {"name": "Shoes", "dueAt": null, "price": "2.90", "number": 2, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-09T12:05:00+00:00", "splitFrom": "019cd27c-7de0-7000-90e2-5717076f3787", "imageCount": 2, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "ADDITIONAL", "deadlineStatus": "TO_BE_CONFIRMED", "specificationId": "019cd278-d460-7000-80b6-dcdc07d4bedc", "specificationVersion": 2}, "before": null, "images": [{"id": "019cd27c-7de0-7000-90e2-5717076f378d", "filename": "4.jpg"}, {"id": "019cd27c-7de0-7000-90e2-5717076f378e", "filename": "5.jpg"}], "firstNumber": 5, "firstPosition": 5, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 8, '2026-03-09 12:05:00+00', 'ORDER_SPLIT', '019cd27c-7de0-7000-90e2-5717076f3787', NULL, '{"into": [{"id": "019cd27c-7de0-7000-90e2-5717076f3788", "number": 2, "serviceLevel": "ADDITIONAL"}], "after": null, "before": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 9, '2026-03-09 12:06:00+00', 'ORDER_SPLIT', '019cd27c-7de0-7000-90e2-5717076f3787', NULL, '{"into": [{"id": "019cd27d-6840-7000-9870-3d1138c0c8fd", "number": 3, "serviceLevel": "EXPEDITED"}], "after": {"price": "4.35", "imageCount": 3}, "before": {"price": "5.80", "imageCount": 4}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 10, '2026-03-09 12:06:00+00', 'ORDER_EXPEDITED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"name": "Shoes", "dueAt": "2026-03-09T15:06:00+00:00", "price": "2.90", "number": 3, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-09T12:05:00+00:00", "splitFrom": "019cd27c-7de0-7000-90e2-5717076f3787", "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": "2026-03-09T12:06:00+00:00", "serviceLevel": "EXPEDITED", "deadlineStatus": "CONFIRMED", "specificationId": "019cd278-d460-7000-80b6-dcdc07d4bedc", "specificationVersion": 2}, "before": null, "images": [{"id": "019cd27c-7de0-7000-90e2-5717076f378c", "expeditePosition": 1}], "pricePerImage": "2.90"}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 11, '2026-03-09 12:07:00+00', 'DEADLINE_CONFIRMED', '019cd27c-7de0-7000-90e2-5717076f3788', NULL, '{"note": "Ada can", "after": {"dueAt": "2026-03-10T18:00:00+00:00", "confirmedAt": "2026-03-09T12:07:00+00:00", "deadlineStatus": "CONFIRMED"}, "before": {"dueAt": null, "confirmedAt": null, "deadlineStatus": "TO_BE_CONFIRMED"}, "images": ["019cd27c-7de0-7000-90e2-5717076f378d", "019cd27c-7de0-7000-90e2-5717076f378e"], "pricePerImage": "1.45"}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 20, '2026-03-04 07:00:00+00', 'DEADLINE_AT_RISK', '019cb323-e500-7000-9644-434b008a05a6', '019cb323-e500-7000-9644-434b008a05a7', '{"after": {"kind": "DELIVERY", "dueAt": "2026-03-04T08:00:00+00:00"}, "before": null, "images": ["019cb323-e500-7000-9644-434b008a05a7"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 12, '2026-03-09 12:07:00.000001+00', 'ORDER_PLACED', '019cd27e-52a0-7004-9e0d-a7fd701966a0', '019cd27e-52a0-7004-9e0d-a7fd701966a1', '{"after": {"name": "Shoes", "dueAt": null, "price": "1.45", "number": 4, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-09T12:07:00.000001+00:00", "splitFrom": null, "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "ADDITIONAL", "deadlineStatus": "TO_BE_CONFIRMED", "specificationId": "019cd278-d460-7000-80b6-dcdc07d4bedc", "specificationVersion": 2}, "before": null, "images": [{"id": "019cd27e-52a0-7004-9e0d-a7fd701966a1", "filename": "regretted.jpg"}], "firstNumber": 1, "firstPosition": 7, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 13, '2026-03-09 12:08:00+00', 'ORDER_CANCELLED', '019cd27e-52a0-7004-9e0d-a7fd701966a0', NULL, '{"after": {"status": "CANCELLED", "cancelledAt": "2026-03-09T12:08:00+00:00"}, "before": {"status": "IN_PRODUCTION", "cancelledAt": null}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 14, '2026-03-09 12:09:00+00', 'SLA_NEGOTIATED', NULL, NULL, '{"after": {"note": "as agreed", "version": 2, "imagesPerDay": 8, "effectiveDate": "2026-03-18", "expeditesPerDay": null}, "before": {"version": 1, "imagesPerDay": 4, "expeditesPerDay": 2}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 15, '2026-03-09 12:10:00+00', 'IMAGES_CLAIMED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"worker": "Ada", "leaseUntil": "2026-03-09T13:10:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 16, '2026-03-09 12:11:00+00', 'IMAGES_DELIVERED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"status": "READY_FOR_DOWNLOAD", "completedAt": null, "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "completedAt": null, "rejectedCount": 0, "deliveredCount": 0}, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"], "worker": "Ada"}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 17, '2026-03-09 12:11:00+00', 'DEADLINE_MET', '019cd27d-6840-7000-9870-3d1138c0c8fd', NULL, '{"after": {"dueAt": "2026-03-09T15:06:00+00:00"}, "before": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 18, '2026-03-09 12:12:00+00', 'IMAGES_REJECTED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"status": "IN_PRODUCTION", "completedAt": null, "rejectedCount": 1, "deliveredCount": 0}, "before": {"status": "READY_FOR_DOWNLOAD", "completedAt": null, "rejectedCount": 0, "deliveredCount": 1}, "images": [{"id": "019cd27c-7de0-7000-90e2-5717076f378c", "dueAt": "2026-03-09T17:12:00+00:00", "reason": "halo", "rejection": "019cd282-e680-7000-91b1-06917eed8d14", "slaVersion": 1}]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 19, '2026-03-09 12:13:00+00', 'IMAGES_CLAIMED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"worker": "Ada", "leaseUntil": "2026-03-09T13:13:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 20, '2026-03-09 12:14:00+00', 'IMAGES_DELIVERED', '019cd27d-6840-7000-9870-3d1138c0c8fd', '019cd27c-7de0-7000-90e2-5717076f378c', '{"after": {"status": "READY_FOR_DOWNLOAD", "completedAt": null, "rejectedCount": 0, "deliveredCount": 1}, "before": {"status": "IN_PRODUCTION", "completedAt": null, "rejectedCount": 1, "deliveredCount": 0}, "images": ["019cd27c-7de0-7000-90e2-5717076f378c"], "worker": "Ada"}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 21, '2026-03-09 12:15:00+00', 'ORDER_COMPLETED', '019cd27d-6840-7000-9870-3d1138c0c8fd', NULL, '{"after": {"status": "COMPLETED", "completedAt": "2026-03-09T12:15:00+00:00"}, "before": {"status": "READY_FOR_DOWNLOAD", "completedAt": null}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 22, '2026-03-09 12:16:00+00', 'IMAGES_CLAIMED', '019cd27c-7de0-7000-90e2-5717076f3787', '019cd27c-7de0-7000-90e2-5717076f3789', '{"after": {"worker": "Ada", "leaseUntil": "2026-03-09T13:16:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 27, '2026-03-10 08:31:00+00', 'TIME_ZONE_CHANGED', NULL, NULL, '{"after": {"timeZone": "America/New_York"}, "before": {"timeZone": "Europe/Copenhagen"}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 31, '2026-03-11 08:01:00+00', 'ORDER_PLACED', '019cdbe9-d260-7000-89df-791a0b21fbac', '019cdbe9-d260-7000-89df-791a0b21fbad', '{"after": {"name": "Shoes", "dueAt": "2026-03-12T13:00:00+00:00", "price": "1.45", "number": 5, "status": "IN_PRODUCTION", "currency": "USD", "placedAt": "2026-03-11T08:01:00+00:00", "splitFrom": null, "imageCount": 1, "slaVersion": 1, "cancelledAt": null, "completedAt": null, "confirmedAt": null, "expeditedAt": null, "serviceLevel": "STANDARD", "deadlineStatus": "CONFIRMED", "specificationId": "019cd278-d460-7000-80b6-dcdc07d4bedc", "specificationVersion": 2}, "before": null, "images": [{"id": "019cdbe9-d260-7000-89df-791a0b21fbad", "filename": "last.jpg"}], "firstNumber": 1, "firstPosition": 1, "pricePerImage": "1.45", "firstExpeditePosition": null}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 32, '2026-03-11 08:02:00+00', 'IMAGES_CLAIMED', '019cd27c-7de0-7000-90e2-5717076f3787', '019cd27c-7de0-7000-90e2-5717076f3789', '{"after": {"worker": "Ada", "leaseUntil": "2026-03-11T09:02:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 23, '2026-03-09 13:16:00+00', 'CLAIM_EXPIRED', '019cd27c-7de0-7000-90e2-5717076f3787', '019cd27c-7de0-7000-90e2-5717076f3789', '{"after": null, "before": {"worker": "Ada", "leaseUntil": "2026-03-09T13:16:00+00:00"}, "images": ["019cd27c-7de0-7000-90e2-5717076f3789"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 21, '2026-03-03 23:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-04", "used": 0, "opensAt": "2026-03-03T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-04T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-03", "used": 6, "opensAt": "2026-03-02T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-03T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 1, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 22, '2026-03-05 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-05", "used": 0, "opensAt": "2026-03-05T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-06T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-04", "used": 0, "opensAt": "2026-03-03T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-05T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 23, '2026-03-06 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-06", "used": 0, "opensAt": "2026-03-06T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-07T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-05", "used": 0, "opensAt": "2026-03-05T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-06T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 24, '2026-03-07 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-07", "used": 0, "opensAt": "2026-03-07T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-08T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-06", "used": 0, "opensAt": "2026-03-06T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-07T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 25, '2026-03-08 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-08", "used": 0, "opensAt": "2026-03-08T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-09T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-07", "used": 0, "opensAt": "2026-03-07T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-08T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 26, '2026-03-09 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-09", "used": 0, "opensAt": "2026-03-09T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-10T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-08", "used": 0, "opensAt": "2026-03-08T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-09T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 24, '2026-03-10 07:00:00+00', 'DEADLINE_AT_RISK', '019cd27c-7de0-7000-90e2-5717076f3787', NULL, '{"after": {"kind": "DELIVERY", "dueAt": "2026-03-10T08:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789", "019cd27c-7de0-7000-90e2-5717076f378a", "019cd27c-7de0-7000-90e2-5717076f378b"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 25, '2026-03-09 23:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-10", "used": 0, "opensAt": "2026-03-09T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-10T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-09", "used": 6, "opensAt": "2026-03-08T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-09T23:00:00+00:00", "slaVersion": 1, "expediteUsed": 1, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 27, '2026-03-10 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-10", "used": 0, "opensAt": "2026-03-10T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-11T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-09", "used": 0, "opensAt": "2026-03-09T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-10T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 26, '2026-03-10 08:00:00+00', 'DEADLINE_MISSED', '019cd27c-7de0-7000-90e2-5717076f3787', NULL, '{"after": {"kind": "DELIVERY", "dueAt": "2026-03-10T08:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f3789", "019cd27c-7de0-7000-90e2-5717076f378a", "019cd27c-7de0-7000-90e2-5717076f378b"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 28, '2026-03-10 17:00:00+00', 'DEADLINE_AT_RISK', '019cd27c-7de0-7000-90e2-5717076f3788', NULL, '{"after": {"kind": "DELIVERY", "dueAt": "2026-03-10T18:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f378d", "019cd27c-7de0-7000-90e2-5717076f378e"]}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 29, '2026-03-10 18:00:00+00', 'DEADLINE_MISSED', '019cd27c-7de0-7000-90e2-5717076f3788', NULL, '{"after": {"kind": "DELIVERY", "dueAt": "2026-03-10T18:00:00+00:00"}, "before": null, "images": ["019cd27c-7de0-7000-90e2-5717076f378d", "019cd27c-7de0-7000-90e2-5717076f378e"]}');
INSERT INTO public.events VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 28, '2026-03-11 00:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-11", "used": 0, "opensAt": "2026-03-11T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-12T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-10", "used": 0, "opensAt": "2026-03-10T00:00:00+00:00", "capacity": 4, "closesAt": "2026-03-11T00:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.events VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 30, '2026-03-11 04:00:00+00', 'GUARANTEE_RESET', NULL, NULL, '{"after": {"date": "2026-03-11", "used": 0, "opensAt": "2026-03-11T04:00:00+00:00", "capacity": 4, "closesAt": "2026-03-12T04:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}, "before": {"date": "2026-03-10", "used": 0, "opensAt": "2026-03-09T23:00:00+00:00", "capacity": 4, "closesAt": "2026-03-11T04:00:00+00:00", "slaVersion": 1, "expediteUsed": 0, "expediteCapacity": 2}}');
INSERT INTO public.idempotency_keys VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 'an order', 'placeOrder', '\xd3a781edf6d4826ad3acfce4b463d47781b245aeed2d9ec9e4c0f28329616fab', '{"at": "2026-03-11T08:01:00Z", "day": {"date": "2026-03-11", "used": 1, "opensAt": "2026-03-11T04:00:00Z", "capacity": 4, "closesAt": "2026-03-12T04:00:00Z", "expediteUsed": 0, "expediteCapacity": 2}, "images": [], "orders": [["019cd240-fb80-7000-9236-eb092265b1f5", "019cdbe9-d260-7000-89df-791a0b21fbac"]]}', '2026-03-11 08:01:00+00');
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-9644-434b008a05a7', '019cb323-e500-7000-9644-434b008a05a6', 1, 'a.jpg', 'DELIVERED', 'STANDARD', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 10:00:00+00', 1, NULL, 1.45, '2026-03-04 08:00:00+00', NULL, '2026-03-04 07:00:00.00025+00', '2026-03-04 09:00:00+00', '2026-03-04 08:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-9644-434b008a05a8', '019cb323-e500-7000-9644-434b008a05a6', 2, 'b.jpg', 'DELIVERED', 'STANDARD', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 10:00:00+00', 2, NULL, 1.45, '2026-03-04 08:00:00+00', NULL, '2026-03-04 07:00:00+00', '2026-03-04 07:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-99a8-8fc6b8b6d8ff', '019cb323-e500-7000-99a8-8fc6b8b6d8fe', 1, 'e.jpg', 'DELIVERED', 'STANDARD', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 10:00:00+00', 3, NULL, 1.45, '2026-03-04 08:00:00+00', NULL, '2026-03-03 12:30:00+00', '2026-03-03 12:30:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-99a8-8fc6b8b6d900', '019cb35a-d380-7000-92ea-ba983a902931', 2, 'f.jpg', 'DELIVERED', 'EXPEDITED', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 10:00:00+00', 4, 1, 2.90, '2026-03-03 14:00:00+00', NULL, '2026-03-03 11:30:00+00', '2026-03-03 11:30:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb391-c200-7000-8345-71e3f1fd42a3', '019cb391-c200-7000-8345-71e3f1fd42a2', 1, 'c.jpg', 'DELIVERED', 'ADDITIONAL', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 12:00:00+00', 5, NULL, 1.45, '2026-03-06 12:00:00+00', NULL, '2026-03-06 09:00:00+00', '2026-03-06 09:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb391-c200-7000-8345-71e3f1fd42a4', '019cb391-c200-7000-8345-71e3f1fd42a2', 2, 'd.jpg', 'DELIVERED', 'ADDITIONAL', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 12:00:00+00', 6, NULL, 1.45, '2026-03-06 12:00:00+00', NULL, '2026-03-06 09:00:00+00', '2026-03-06 09:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb84a-4100-7000-8a28-6232e6c3f33a', '019cb84a-4100-7000-8a28-6232e6c3f339', 1, 'o-4-1.jpg', 'CANCELLED', 'STANDARD', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-04 10:00:00+00', 1, NULL, 1.45, '2026-03-05 08:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-03-04 10:30:00+00', NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f378a', '019cd27c-7de0-7000-90e2-5717076f3787', 2, '1.jpg', 'QUEUED', 'STANDARD', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 2, NULL, 1.45, '2026-03-10 08:00:00+00', '2026-03-10 08:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f378b', '019cd27c-7de0-7000-90e2-5717076f3787', 3, '2.jpg', 'QUEUED', 'STANDARD', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 3, NULL, 1.45, '2026-03-10 08:00:00+00', '2026-03-10 08:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f378d', '019cd27c-7de0-7000-90e2-5717076f3788', 5, '4.jpg', 'QUEUED', 'ADDITIONAL', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 5, NULL, 1.45, '2026-03-10 18:00:00+00', '2026-03-10 18:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f378e', '019cd27c-7de0-7000-90e2-5717076f3788', 6, '5.jpg', 'QUEUED', 'ADDITIONAL', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 6, NULL, 1.45, '2026-03-10 18:00:00+00', '2026-03-10 18:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27e-52a0-7004-9e0d-a7fd701966a1', '019cd27e-52a0-7004-9e0d-a7fd701966a0', 1, 'regretted.jpg', 'CANCELLED', 'ADDITIONAL', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:07:00.000001+00', 7, NULL, 1.45, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-03-09 12:08:00+00', NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f378c', '019cd27d-6840-7000-9870-3d1138c0c8fd', 4, '3.jpg', 'DELIVERED', 'EXPEDITED', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 4, 1, 2.90, '2026-03-09 15:06:00+00', NULL, '2026-03-09 12:11:00+00', '2026-03-09 12:14:00+00', '2026-03-09 12:12:00+00', NULL, NULL, NULL, NULL, NULL, '2026-03-09 12:10:00+00');
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cdbe9-d260-7000-89df-791a0b21fbad', '019cdbe9-d260-7000-89df-791a0b21fbac', 1, 'last.jpg', 'QUEUED', 'STANDARD', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-11 08:01:00+00', 1, NULL, 1.45, '2026-03-12 13:00:00+00', '2026-03-12 13:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.images VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f3789', '019cd27c-7de0-7000-90e2-5717076f3787', 1, '0.jpg', 'QUEUED', 'STANDARD', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:05:00+00', 1, NULL, 1.45, '2026-03-10 08:00:00+00', '2026-03-10 08:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, 'Ada', '2026-03-11 09:02:00+00', '2026-03-09 12:16:00+00');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'account', 'acme', '\xa317a3c0d14bf8829abf4a97102f18226f0b8697851f47a00981feba5c9b2960', '019cd277-ea00-7000-9370-21ce6ec9d286');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'specification', 'ghost', '\x32d2f5d4e274e8567a31659a635aac9d6570c9d43150bc2557262f61c260e821', '019cd277-ea00-7000-988c-8e2bc324c985');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'order', 'o-1', '\x31b6e90d7db5f4c548f923990ed83b4ef8d50d16015c93391c10a1c6309e1570', '019cb323-e500-7000-9644-434b008a05a6');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'order', 'o-2', '\x6162c1df740f7635c8e0fe496258d98503af62b79fbfb0135a7e8ba5b3995c19', '019cb323-e500-7000-99a8-8fc6b8b6d8fe');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'expedite', 'a3f5f9bf1c1ccf58a2a4dd37d2bb383a89c7e6c2a0589c5a1d129529be184d6a', '\xa3f5f9bf1c1ccf58a2a4dd37d2bb383a89c7e6c2a0589c5a1d129529be184d6a', NULL);
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'order', 'o-3', '\x1f3f94abf52a6c59741d887e4f692a07378a00da608453d55e77c46cb3e46649', '019cb391-c200-7000-8345-71e3f1fd42a2');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'order', 'o-4', '\xa2e2e526b1fefa4fff3c142dc2d233cb66fce6dd205059b60df428eb9e8ddf3c', '019cb84a-4100-7000-8a28-6232e6c3f339');
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'cancellation', 'd88a1302458ecd8149b10ab6cf90d96120271e7abbbcc76e878bf6f0349f3464', '\xd88a1302458ecd8149b10ab6cf90d96120271e7abbbcc76e878bf6f0349f3464', NULL);
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'terms', '1566fa7f8524c6b3d8d9379541c531ea7c6c73148dd6f2fbbc64e1c23e60af10', '\x1566fa7f8524c6b3d8d9379541c531ea7c6c73148dd6f2fbbc64e1c23e60af10', NULL);
INSERT INTO public.import_lines VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'timeZone', '8c3109cdf945d14b08256d8a5fcfd05856af13b6dcd418d7c7cfa4d10cea4093', '\x8c3109cdf945d14b08256d8a5fcfd05856af13b6dcd418d7c7cfa4d10cea4093', NULL);
INSERT INTO public.job_cursors VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'snapshot_pulse', 'Europe/London', '2026-03-11', '2026-03-12 00:00:00+00', 0, NULL, false);
INSERT INTO public.job_cursors VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 'reset_guarantee', 'Europe/London', '2026-03-11', '2026-03-12 00:00:00+00', 0, NULL, false);
INSERT INTO public.job_cursors VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 'snapshot_pulse', 'America/New_York', '2026-03-11', '2026-03-12 04:00:00+00', 0, NULL, false);
INSERT INTO public.job_cursors VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 'reset_guarantee', 'America/New_York', '2026-03-11', '2026-03-12 04:00:00+00', 0, NULL, false);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9e78-c95e75a89294', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-03', '2026-03-03 23:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6a7-14c0-7000-8f5e-04f708d6af57', 'reset_guarantee', 'Europe/Copenhagen', NULL, '2026-03-09', '2026-03-09 23:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 07:30:00+00', '2026-03-10 07:30:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-8d51-589705805975', 'reset_guarantee', 'Europe/London', NULL, '2026-03-03', '2026-03-03 23:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9d52-151ed66b829e', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-04', '2026-03-05 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-8333-33c7a46d6753', 'reset_guarantee', 'Europe/London', NULL, '2026-03-04', '2026-03-05 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6a7-14c0-7000-97cc-a4393e2434e3', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-09', '2026-03-10 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 07:30:00+00', '2026-03-10 07:30:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9423-a8b32f978d87', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-05', '2026-03-06 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-897c-07b6dc2574bd', 'reset_guarantee', 'Europe/London', NULL, '2026-03-05', '2026-03-06 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-97c7-db811ef2a4f0', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-06', '2026-03-07 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6a7-14c0-7000-9545-94356a107b75', 'reset_guarantee', 'Europe/London', NULL, '2026-03-09', '2026-03-10 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 07:30:00+00', '2026-03-10 07:30:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9f24-e1e9b8b333a8', 'reset_guarantee', 'Europe/London', NULL, '2026-03-06', '2026-03-07 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9006-8d16b610a9f7', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-07', '2026-03-08 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6de-0340-7000-8bbf-7a7a2c4a3698', 'watch_deadlines', NULL, NULL, NULL, '2026-03-10 08:30:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 08:30:00+00', '2026-03-10 08:30:00+00', 0, 0, NULL, '2026-03-10 09:30:00+00');
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-903f-383e6c0f3459', 'reset_guarantee', 'Europe/London', NULL, '2026-03-07', '2026-03-08 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-9d20-3c6bd47d380d', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-08', '2026-03-09 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6de-0340-7000-9c3f-573a8c7e134f', 'return_expired_leases', NULL, NULL, NULL, '2026-03-10 08:30:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 08:30:00+00', '2026-03-10 08:30:00+00', 0, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd2e5-c700-7000-8917-d5624da98f1d', 'reset_guarantee', 'Europe/London', NULL, '2026-03-08', '2026-03-09 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-09 14:00:00+00', '2026-03-09 14:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6a7-14c0-7000-9e1b-f694d8a064df', 'prune', NULL, NULL, NULL, '2026-03-10 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 07:30:00+00', '2026-03-10 07:30:00+00', 0, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cd6a7-14c0-7000-8c96-5a57815a47c5', 'snapshot_pulse', 'Europe/Copenhagen', NULL, '2026-03-09', '2026-03-09 23:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-10 07:30:00+00', '2026-03-10 07:30:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-979f-760aacab1a6b', 'watch_deadlines', NULL, NULL, NULL, '2026-03-11 08:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 0, 0, NULL, '2026-03-11 09:00:00+00');
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-82c4-57af5fec898f', 'return_expired_leases', NULL, NULL, NULL, '2026-03-11 08:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 0, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-953d-8100705fca16', 'prune', NULL, NULL, NULL, '2026-03-11 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 0, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-8374-2c4282283d15', 'snapshot_pulse', 'Europe/London', NULL, '2026-03-10', '2026-03-11 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-9ae0-e20f855c3844', 'reset_guarantee', 'Europe/London', NULL, '2026-03-10', '2026-03-11 00:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-8bdb-525b64ac5db9', 'snapshot_pulse', 'America/New_York', NULL, '2026-03-10', '2026-03-11 04:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.job_runs VALUES ('019cdbe8-e800-7000-8f04-abad07923986', 'reset_guarantee', 'America/New_York', NULL, '2026-03-10', '2026-03-11 04:00:00+00', 'SUCCEEDED', 1, 'one of each', NULL, '2026-03-11 08:00:00+00', '2026-03-11 08:00:00+00', 1, 0, NULL, NULL);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-03', '2026-03-02 23:00:00+00', '2026-03-03 23:00:00+00', 1, 4, 6, 2, 1);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-04', '2026-03-03 23:00:00+00', '2026-03-05 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-09', '2026-03-08 23:00:00+00', '2026-03-09 23:00:00+00', 1, 4, 6, 2, 1);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-05', '2026-03-05 00:00:00+00', '2026-03-06 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-06', '2026-03-06 00:00:00+00', '2026-03-07 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-07', '2026-03-07 00:00:00+00', '2026-03-08 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-08', '2026-03-08 00:00:00+00', '2026-03-09 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-09', '2026-03-09 00:00:00+00', '2026-03-10 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-10', '2026-03-10 00:00:00+00', '2026-03-11 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-10', '2026-03-09 23:00:00+00', '2026-03-11 04:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-11', '2026-03-11 00:00:00+00', '2026-03-12 00:00:00+00', 1, 4, 0, 2, 0);
INSERT INTO public.ledger_days VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-11', '2026-03-11 04:00:00+00', '2026-03-12 04:00:00+00', 1, 4, 1, 2, 0);
INSERT INTO public.orders VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-9644-434b008a05a6', 1, 'Order o-1', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'STANDARD', 'READY_FOR_DOWNLOAD', '2026-03-03 10:00:00+00', 'CONFIRMED', '2026-03-04 08:00:00+00', NULL, 1, 1, 2, NULL, NULL, NULL, NULL, 2, 2, 0, 2.90, 'USD', '2026-03-04 09:00:00+00', NULL, NULL, NULL);
INSERT INTO public.orders VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb323-e500-7000-99a8-8fc6b8b6d8fe', 2, 'Order o-2', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'STANDARD', 'READY_FOR_DOWNLOAD', '2026-03-03 10:00:00+00', 'CONFIRMED', '2026-03-04 08:00:00+00', NULL, 1, 3, 3, NULL, NULL, NULL, NULL, 1, 1, 0, 1.45, 'USD', '2026-03-03 12:30:00+00', NULL, NULL, NULL);
INSERT INTO public.orders VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb35a-d380-7000-92ea-ba983a902931', 3, 'Order o-2', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'EXPEDITED', 'READY_FOR_DOWNLOAD', '2026-03-03 10:00:00+00', 'CONFIRMED', '2026-03-03 14:00:00+00', NULL, 1, 4, 4, '2026-03-03 11:00:00+00', 1, 1, NULL, 1, 1, 0, 2.90, 'USD', '2026-03-03 11:30:00+00', NULL, NULL, '019cb323-e500-7000-99a8-8fc6b8b6d8fe');
INSERT INTO public.orders VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb391-c200-7000-8345-71e3f1fd42a2', 4, 'Order o-3', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'ADDITIONAL', 'READY_FOR_DOWNLOAD', '2026-03-03 12:00:00+00', 'CONFIRMED', '2026-03-06 12:00:00+00', NULL, 1, 5, 6, NULL, NULL, NULL, '2026-03-04 08:00:00+00', 2, 2, 0, 2.90, 'USD', '2026-03-06 09:00:00+00', NULL, NULL, NULL);
INSERT INTO public.orders VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb84a-4100-7000-8a28-6232e6c3f339', 5, 'Order o-4', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'STANDARD', 'CANCELLED', '2026-03-04 10:00:00+00', 'CONFIRMED', '2026-03-05 08:00:00+00', NULL, 1, 1, 1, NULL, NULL, NULL, NULL, 1, 0, 0, 1.45, 'USD', NULL, NULL, '2026-03-04 10:30:00+00', NULL);
INSERT INTO public.orders VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f3787', 1, 'Shoes', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'STANDARD', 'IN_PRODUCTION', '2026-03-09 12:05:00+00', 'CONFIRMED', '2026-03-10 08:00:00+00', '2026-03-10 08:00:00+00', 1, 1, 3, NULL, NULL, NULL, NULL, 3, 0, 0, 4.35, 'USD', NULL, NULL, NULL, NULL);
INSERT INTO public.orders VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27c-7de0-7000-90e2-5717076f3788', 2, 'Shoes', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'ADDITIONAL', 'IN_PRODUCTION', '2026-03-09 12:05:00+00', 'CONFIRMED', '2026-03-10 18:00:00+00', '2026-03-10 18:00:00+00', 1, 5, 6, NULL, NULL, NULL, '2026-03-09 12:07:00+00', 2, 0, 0, 2.90, 'USD', NULL, NULL, NULL, '019cd27c-7de0-7000-90e2-5717076f3787');
INSERT INTO public.orders VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27e-52a0-7004-9e0d-a7fd701966a0', 4, 'Shoes', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'ADDITIONAL', 'CANCELLED', '2026-03-09 12:07:00.000001+00', 'TO_BE_CONFIRMED', NULL, NULL, 1, 7, 7, NULL, NULL, NULL, NULL, 1, 0, 0, 1.45, 'USD', NULL, NULL, '2026-03-09 12:08:00+00', NULL);
INSERT INTO public.orders VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd27d-6840-7000-9870-3d1138c0c8fd', 3, 'Shoes', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'EXPEDITED', 'COMPLETED', '2026-03-09 12:05:00+00', 'CONFIRMED', '2026-03-09 15:06:00+00', NULL, 1, 4, 4, '2026-03-09 12:06:00+00', 1, 1, NULL, 1, 1, 0, 2.90, 'USD', '2026-03-09 12:14:00+00', '2026-03-09 12:15:00+00', NULL, '019cd27c-7de0-7000-90e2-5717076f3787');
INSERT INTO public.orders VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cdbe9-d260-7000-89df-791a0b21fbac', 5, 'Shoes', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'STANDARD', 'IN_PRODUCTION', '2026-03-11 08:01:00+00', 'CONFIRMED', '2026-03-12 13:00:00+00', '2026-03-12 13:00:00+00', 1, 1, 1, NULL, NULL, NULL, NULL, 1, 0, 0, 1.45, 'USD', NULL, NULL, NULL, NULL);
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-9da5-f13b4a2f20aa', '2026-03-03', '2026-03-03 23:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 1, "expedited": 1, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 2, "milliseconds": 360000}, {"step": "SHADOW", "images": 2, "milliseconds": 191000}], "rejected": 0, "uploaded": 6, "delivered": 2, "leadMicroseconds": 14400000000}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 2, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-9d82-91968e73ca47', '2026-03-04', '2026-03-05 00:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 4, "milliseconds": 720000}, {"step": "SHADOW", "images": 4, "milliseconds": 382000}], "rejected": 1, "uploaded": 6, "delivered": 4, "leadMicroseconds": 165600000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 4, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-9728-0cfdfe175330', '2026-03-05', '2026-03-06 00:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 4, "milliseconds": 720000}, {"step": "SHADOW", "images": 4, "milliseconds": 382000}], "rejected": 1, "uploaded": 6, "delivered": 4, "leadMicroseconds": 165600000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 4, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-9ca8-8dba552b82f6', '2026-03-06', '2026-03-07 00:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 2}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 6, "milliseconds": 1080000}, {"step": "SHADOW", "images": 6, "milliseconds": 573000}], "rejected": 1, "uploaded": 6, "delivered": 6, "leadMicroseconds": 662400000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 6, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-9ef3-62f5efba91fc', '2026-03-07', '2026-03-08 00:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 2}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 6, "milliseconds": 1080000}, {"step": "SHADOW", "images": 6, "milliseconds": 573000}], "rejected": 1, "uploaded": 6, "delivered": 6, "leadMicroseconds": 662400000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 6, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd2e5-c700-7000-8613-3fbeab99254a', '2026-03-08', '2026-03-09 00:00:00+00', '2026-03-09 14:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 2}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 6, "milliseconds": 1080000}, {"step": "SHADOW", "images": 6, "milliseconds": 573000}], "rejected": 1, "uploaded": 6, "delivered": 6, "leadMicroseconds": 662400000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 6, "uploadedThisMonth": 6}', '{"keepBy": "2026-03-16T00:00:00Z", "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": false}');
INSERT INTO public.pulse_snapshots VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd6a7-14c0-7000-9b4e-228996c8da19', '2026-03-09', '2026-03-09 23:00:00+00', '2026-03-10 07:30:00+00', '{"current": {"met": {"standard": 0, "expedited": 1, "rejection": 1, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 1, "milliseconds": 180000}, {"step": "SHADOW", "images": 1, "milliseconds": 95500}], "rejected": 1, "uploaded": 6, "delivered": 1, "leadMicroseconds": 360000000}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 1, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-09", "first": "2026-03-09"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd6a7-14c0-7000-8cef-ed97cc22af58', '2026-03-09', '2026-03-10 00:00:00+00', '2026-03-10 07:30:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 2}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 6, "milliseconds": 1080000}, {"step": "SHADOW", "images": 6, "milliseconds": 573000}], "rejected": 1, "uploaded": 6, "delivered": 6, "leadMicroseconds": 662400000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 6, "uploadedThisMonth": 6}', '{"keepBy": "2026-03-16T00:00:00Z", "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": false}');
INSERT INTO public.pulse_snapshots VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cdbe8-e800-7000-853d-0434c74803e3', '2026-03-10', '2026-03-11 00:00:00+00', '2026-03-11 08:00:00+00', '{"current": {"met": {"standard": 3, "expedited": 1, "rejection": 1, "additional": 2}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [{"step": "CLIPPING", "images": 6, "milliseconds": 1080000}, {"step": "SHADOW", "images": 6, "milliseconds": 573000}], "rejected": 1, "uploaded": 6, "delivered": 6, "leadMicroseconds": 662400000250}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 6, "uploadedThisMonth": 6}', '{"keepBy": "2026-03-16T00:00:00Z", "current": {"last": "2026-03-02", "first": "2026-03-02"}, "longest": 1, "uploadedThisWeek": false}');
INSERT INTO public.pulse_snapshots VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cdbe8-e800-7000-9772-d1487d5c8dfc', '2026-03-10', '2026-03-11 04:00:00+00', '2026-03-11 08:00:00+00', '{"current": {"met": {"standard": 0, "expedited": 1, "rejection": 1, "additional": 0}, "late": {"standard": 3, "expedited": 0, "rejection": 0, "additional": 2}, "steps": [{"step": "CLIPPING", "images": 1, "milliseconds": 180000}, {"step": "SHADOW", "images": 1, "milliseconds": 95500}], "rejected": 1, "uploaded": 6, "delivered": 1, "leadMicroseconds": 360000000}, "previous": {"met": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "late": {"standard": 0, "expedited": 0, "rejection": 0, "additional": 0}, "steps": [], "rejected": 0, "uploaded": 0, "delivered": 0, "leadMicroseconds": 0}, "allTimeProcessed": 1, "uploadedThisMonth": 6}', '{"keepBy": null, "current": {"last": "2026-03-09", "first": "2026-03-09"}, "longest": 1, "uploadedThisWeek": true}');
INSERT INTO public.rejections VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cb7dc-6400-7000-8885-c7a87204e52d', '019cb323-e500-7000-9644-434b008a05a7', '2026-03-04 08:00:00+00', 'halo', '2026-03-04 13:00:00+00', NULL, '2026-03-04 09:00:00+00', 1);
INSERT INTO public.rejections VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd282-e680-7000-91b1-06917eed8d14', '019cd27c-7de0-7000-90e2-5717076f378c', '2026-03-09 12:12:00+00', 'halo', '2026-03-09 17:12:00+00', NULL, '2026-03-09 12:14:00+00', 1);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 10:00:00+00', 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 11:30:00+00', 0, 1, 0, 5400000000, 0, 1, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 12:00:00+00', 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 12:30:00+00', 0, 1, 0, 9000000000, 1, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-04 07:00:00+00', 0, 2, 1, 151200000250, 2, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-04 09:00:00+00', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-06 09:00:00+00', 0, 2, 0, 496800000000, 0, 0, 2, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-03 10:00:00+00', 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-03 11:00:00+00', 0, 1, 0, 5400000000, 0, 1, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-03 12:00:00+00', 2, 1, 0, 9000000000, 1, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-04 07:00:00+00', 0, 2, 1, 151200000250, 2, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-04 09:00:00+00', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-06 09:00:00+00', 0, 2, 0, 496800000000, 0, 0, 2, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-03 00:00:00+00', 6, 2, 0, 14400000000, 1, 1, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-04 00:00:00+00', 0, 2, 1, 151200000250, 2, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-06 00:00:00+00', 0, 2, 0, 496800000000, 0, 0, 2, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 12:05:00+00', 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-10 08:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-10 08:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-10 18:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-10 18:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1440, '2026-03-10 00:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 12:07:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 15:06:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-09 15:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 12:11:00+00', 0, 1, 1, 360000000, 0, 1, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 12:14:00+00', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 17:12:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-09 12:00:00+00', 6, 1, 1, 360000000, 0, 1, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-09 17:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1440, '2026-03-09 00:00:00+00', 6, 1, 1, 360000000, 0, 1, 0, 1, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-11 08:01:00+00', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-12 13:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-11 08:00:00+00', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-12 13:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1440, '2026-03-11 00:00:00+00', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1440, '2026-03-12 00:00:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 11:30:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 1);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03 12:30:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 1);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-04 07:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-06 09:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-03 11:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 1);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-03 12:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 1);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-04 07:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 60, '2026-03-06 09:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-03 00:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-04 00:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1440, '2026-03-06 00:00:00+00', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 2);
INSERT INTO public.savings_rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09 12:11:00+00', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 1);
INSERT INTO public.savings_rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 60, '2026-03-09 12:00:00+00', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 1);
INSERT INTO public.savings_rollups VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1440, '2026-03-09 00:00:00+00', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 1);
INSERT INTO public.signing_keys VALUES ('quotes', '\x1e029a8a3f415b024a146cf0d98a98e1cf999661f967bdafdf0e7337420c13f8');
INSERT INTO public.sla_versions VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 1, '2026-03-09', 4, 2, '2026-03-09 11:00:00+00', NULL);
INSERT INTO public.sla_versions VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 1, '2026-03-03', 4, 2, '2026-03-03 10:00:00+00', NULL);
INSERT INTO public.sla_versions VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', 2, '2026-04-01', 6, NULL, '2026-03-04 11:00:00+00', NULL);
INSERT INTO public.sla_versions VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', 2, '2026-03-18', 8, NULL, '2026-03-09 12:09:00+00', 'as agreed');
INSERT INTO public.specification_versions VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd277-ea00-7000-988c-8e2bc324c985', 1, 'Ghost mannequin', 1.45, 'USD', '[{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}]', '2026-03-03 10:00:00+00');
INSERT INTO public.specification_versions VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd278-d460-7000-80b6-dcdc07d4bedc', 1, 'Ghost', 1.45, 'USD', '[{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}]', '2026-03-09 12:01:00+00');
INSERT INTO public.specification_versions VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd279-bec0-7000-94c9-14fb06839eb9', 1, 'Ghost', 1.45, 'USD', '[{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}]', '2026-03-09 12:02:00+00');
INSERT INTO public.specification_versions VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, 'Ghost mannequin', 1.45, 'USD', '[{"step": "CLIPPING", "milliseconds": 180000}, {"step": "SHADOW", "milliseconds": 95500}]', '2026-03-09 12:03:00+00');
INSERT INTO public.specifications VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '019cd277-ea00-7000-988c-8e2bc324c985', 1, '2026-03-03 10:00:00+00', NULL);
INSERT INTO public.specifications VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd278-d460-7000-80b6-dcdc07d4bedc', 2, '2026-03-09 12:01:00+00', NULL);
INSERT INTO public.specifications VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '019cd279-bec0-7000-94c9-14fb06839eb9', 1, '2026-03-09 12:02:00+00', '2026-03-09 12:04:00+00');
INSERT INTO public.staff_idempotency_keys VALUES ('a claim', 'claimImages', '\xdf0e321df4be13af9f3f43043011220962b9842b3b105881c1abfb386e4cb8fa', '{"at": "2026-03-11T08:02:00Z", "images": [["019cd240-fb80-7000-9236-eb092265b1f5", "019cd27c-7de0-7000-90e2-5717076f3789"]], "leaseUntil": "2026-03-11T09:02:00Z"}', '2026-03-11 08:02:00+00');
INSERT INTO public.time_zone_periods VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-09 11:00:00+00', 'Europe/Copenhagen');
INSERT INTO public.time_zone_periods VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-03 10:00:00+00', 'Europe/Copenhagen');
INSERT INTO public.time_zone_periods VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-04 12:00:00+00', 'Europe/London');
INSERT INTO public.time_zone_periods VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-10 08:31:00+00', 'America/New_York');
INSERT INTO public.tokens VALUES ('019cd277-ea00-7000-8f1c-a20c7311d8a3', '019cd240-fb80-7000-9236-eb092265b1f5', '\x030a00ee8786409196fecf1339cbb526bd9c0300b0fa9931d8f93b6bffe50c5c', '2026-03-09 12:00:00+00');
INSERT INTO public.tokens VALUES ('019cd277-ea00-7000-8c79-5051d5f4b3b2', NULL, '\xbd9aa7ce33be9c176acc7e5d00283e48c7b31245cbc0f2d7d1d252b57fdf50a6', '2026-03-09 12:00:00+00');
INSERT INTO public.upload_weeks VALUES ('019cd277-ea00-7000-9370-21ce6ec9d286', '2026-03-02', 6);
INSERT INTO public.upload_weeks VALUES ('019cd240-fb80-7000-9236-eb092265b1f5', '2026-03-09', 7);
ALTER TABLE ONLY public.account_heads
    ADD CONSTRAINT account_heads_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_ref_key UNIQUE (ref);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (account_id, sequence);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account_id, key);
ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY public.import_lines
    ADD CONSTRAINT import_lines_pkey PRIMARY KEY (account_id, kind, ref);
ALTER TABLE ONLY public.job_cursors
    ADD CONSTRAINT job_cursors_pkey PRIMARY KEY (account_id, job);
ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_job_time_zone_account_id_scheduled_for_key UNIQUE NULLS NOT DISTINCT (job, time_zone, account_id, scheduled_for);
ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_days
    ADD CONSTRAINT ledger_days_pkey PRIMARY KEY (account_id, date);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_account_id_number_key UNIQUE (account_id, number);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY public.pulse_snapshots
    ADD CONSTRAINT pulse_snapshots_account_id_date_key UNIQUE (account_id, date);
ALTER TABLE ONLY public.pulse_snapshots
    ADD CONSTRAINT pulse_snapshots_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY public.rejections
    ADD CONSTRAINT rejections_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY public.rollups
    ADD CONSTRAINT rollups_pkey PRIMARY KEY (account_id, grain, bucket);
ALTER TABLE ONLY public.savings_rollups
    ADD CONSTRAINT savings_rollups_pkey PRIMARY KEY (account_id, grain, bucket, specification_id, specification_version);
ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (purpose);
ALTER TABLE ONLY public.sla_versions
    ADD CONSTRAINT sla_versions_pkey PRIMARY KEY (account_id, version);
ALTER TABLE ONLY public.specification_versions
    ADD CONSTRAINT specification_versions_pkey PRIMARY KEY (account_id, specification_id, version);
ALTER TABLE ONLY public.specifications
    ADD CONSTRAINT specifications_pkey PRIMARY KEY (account_id, id);
ALTER TABLE ONLY public.staff_idempotency_keys
    ADD CONSTRAINT staff_idempotency_keys_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.time_zone_periods
    ADD CONSTRAINT time_zone_periods_pkey PRIMARY KEY (account_id, starts_at);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.upload_weeks
    ADD CONSTRAINT upload_weeks_pkey PRIMARY KEY (account_id, week);
CREATE INDEX accounts_by_name_idx ON public.accounts USING btree (lower((name)::text) text_pattern_ops, id);
CREATE INDEX events_of_order_idx ON public.events USING btree (account_id, order_id, at, sequence);
CREATE INDEX images_by_filename_idx ON public.images USING btree (account_id, lower((filename)::text) text_pattern_ops);
CREATE INDEX images_by_lease_idx ON public.images USING btree (claimed_until) WHERE (claimed_until IS NOT NULL);
CREATE INDEX images_by_period_idx ON public.images USING btree (account_id, date_bin('06:00:00'::interval, uploaded_at, '1970-01-01 00:00:00+00'::timestamp with time zone), lower((filename)::text) text_pattern_ops);
CREATE INDEX images_cancelled_idx ON public.images USING btree (account_id, cancelled_at, uploaded_at) WHERE (cancelled_at IS NOT NULL);
CREATE INDEX images_delivered_idx ON public.images USING btree (account_id, COALESCE((first_delivered_at <= due_at), false), first_delivered_at DESC, id DESC) WHERE (first_delivered_at IS NOT NULL);
CREATE INDEX images_first_rejected_idx ON public.images USING btree (account_id, first_rejected_at, first_delivered_at) WHERE (first_rejected_at IS NOT NULL);
CREATE INDEX images_late_idx ON public.images USING btree (account_id, service_level, late_at DESC, id DESC) WHERE (late_at IS NOT NULL);
CREATE INDEX images_of_order_idx ON public.images USING btree (account_id, order_id, number, id);
CREATE INDEX images_queue_idx ON public.images USING btree (COALESCE(redo_due_at, due_at, 'infinity'::timestamp with time zone), uploaded_at, id, COALESCE(claimed_until, '-infinity'::timestamp with time zone)) WHERE ((status)::text = ANY ((ARRAY['QUEUED'::character varying, 'REJECTED'::character varying])::text[]));
CREATE INDEX images_rejected_idx ON public.images USING btree (account_id, first_delivered_at DESC, id DESC) WHERE (first_rejected_at IS NOT NULL);
CREATE INDEX images_uploaded_idx ON public.images USING btree (account_id, uploaded_at DESC, id DESC);
CREATE INDEX job_cursors_due_idx ON public.job_cursors USING btree (job, due_at, time_zone, account_id);
CREATE INDEX job_runs_by_account_idx ON public.job_runs USING btree (account_id, scheduled_for DESC, id DESC) WHERE (account_id IS NOT NULL);
CREATE INDEX job_runs_by_job_idx ON public.job_runs USING btree (job, scheduled_for DESC, id DESC);
CREATE INDEX job_runs_by_time_idx ON public.job_runs USING btree (scheduled_for DESC, id DESC);
CREATE INDEX job_runs_failed_idx ON public.job_runs USING btree (scheduled_for DESC, id DESC) WHERE ((state)::text = 'FAILED'::text);
CREATE INDEX job_runs_running_idx ON public.job_runs USING btree (lease_until) WHERE ((state)::text = 'RUNNING'::text);
CREATE INDEX orders_awaiting_deadline_idx ON public.orders USING btree (placed_at, id) WHERE (((deadline_status)::text <> 'CONFIRMED'::text) AND ((status)::text = 'IN_PRODUCTION'::text) AND ((delivered_count + rejected_count) < image_count));
CREATE INDEX orders_by_deadline_idx ON public.orders USING btree (due_at, account_id) WHERE (due_at IS NOT NULL);
CREATE INDEX orders_by_kind_idx ON public.orders USING btree (account_id, ((late_at IS NOT NULL)), status, service_level, deadline_status, placed_at DESC, number DESC);
CREATE INDEX orders_by_name_idx ON public.orders USING btree (account_id, lower((name)::text) text_pattern_ops);
CREATE INDEX orders_by_period_idx ON public.orders USING btree (account_id, date_bin('06:00:00'::interval, placed_at, '1970-01-01 00:00:00+00'::timestamp with time zone), lower((name)::text) text_pattern_ops);
CREATE INDEX orders_by_placing_idx ON public.orders USING btree (account_id, placed_at DESC, number DESC);
CREATE INDEX orders_by_split_idx ON public.orders USING btree (account_id, split_from, number) WHERE (split_from IS NOT NULL);
CREATE INDEX rejections_by_at_idx ON public.rejections USING btree (account_id, at);
CREATE INDEX rejections_by_deadline_idx ON public.rejections USING btree (due_at, account_id);
CREATE INDEX rejections_late_idx ON public.rejections USING btree (account_id, late_at DESC, id DESC) WHERE (late_at IS NOT NULL);
CREATE INDEX rejections_met_idx ON public.rejections USING btree (account_id, redelivered_at) WHERE (redelivered_at <= due_at);
CREATE INDEX rejections_of_image_idx ON public.rejections USING btree (account_id, image_id, at);
ALTER TABLE ONLY public.account_heads
    ADD CONSTRAINT account_heads_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_account_id_order_id_fkey FOREIGN KEY (account_id, order_id) REFERENCES public.orders(account_id, id);
ALTER TABLE ONLY public.import_lines
    ADD CONSTRAINT import_lines_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.job_cursors
    ADD CONSTRAINT job_cursors_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.ledger_days
    ADD CONSTRAINT ledger_days_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_account_id_specification_id_specification_version_fkey FOREIGN KEY (account_id, specification_id, specification_version) REFERENCES public.specification_versions(account_id, specification_id, version);
ALTER TABLE ONLY public.pulse_snapshots
    ADD CONSTRAINT pulse_snapshots_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.rejections
    ADD CONSTRAINT rejections_account_id_image_id_fkey FOREIGN KEY (account_id, image_id) REFERENCES public.images(account_id, id);
ALTER TABLE ONLY public.rollups
    ADD CONSTRAINT rollups_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.savings_rollups
    ADD CONSTRAINT savings_rollups_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.sla_versions
    ADD CONSTRAINT sla_versions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.specification_versions
    ADD CONSTRAINT specification_versions_account_id_specification_id_fkey FOREIGN KEY (account_id, specification_id) REFERENCES public.specifications(account_id, id);
ALTER TABLE ONLY public.specifications
    ADD CONSTRAINT specifications_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.time_zone_periods
    ADD CONSTRAINT time_zone_periods_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.upload_weeks
    ADD CONSTRAINT upload_weeks_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
