"""Helpers of tests; start with `studio` for rows, `customers` for commands and `serving` with `mutations` for the API.

Accounts and orders
  studio              the builder of studios: accounts with terms, specifications, orders and images in any state
  rows                rows of the tables of orders with usual values
  customers           accounts that quote, place and expedite by the services
  catalogue           the catalogue of retouching steps
  repricing           changes of the catalogue, and checks of the versions they make
  transactions        calling a service of a command in a transaction of its own
  consistency         the checks that hold for every account, whatever happened to it
  order_states        orders of the domain, without a database
  sla                 the default terms of the Professional plan
  stored_results      results of made-up commands, stored with an idempotency key

The API
  serving             the application in this process, its clients, counters of statements, fixtures
  listening           applications on a port, for browsers and other programs; that of the API is a fixture
  raw_http            a server of a small application within limits, and callers by bytes
  browser             a browser, as a fixture
  graphiql_page       the page of GraphiQL in it, with the steps that people take
  graphiql_site       an API with this page, tokens of both roles, and the examples
  javascript          programs in JavaScript, run by Node
  made_clients        the clients in TypeScript, copied and made
  programs            programs of clients/ in processes, and an API that is busy at first
  user_errors         cases of the codes that mutations and quotes declare, by noun
  neighbours          a client beside another account with the same history
  two_studios         two studios, the second marked by its name, as fixtures
  event_lists         lists of an account's events, and a program that follows them
  committed_schema    schema.graphql, parsed once
  schema_lists        selections of every list of the schema
  order_lists         orders of every kind, and pages of an account's orders
  numeric_fields      documents of all numbers of the API: of answers, inputs and arguments
  every_request       every kind of request that reads
  mutations           performing mutations; a studio with a client; all rows before and after
  settled_answers     a judge of answers as of settled instants, amid writes
  examples            the examples in docs/domain.md
  demo_cards          the questions of a dashboard of the demo, and empty fields of answers
  started_demo        a demo whose history ends at the clock of the test
  example_files       the operations in examples/, and running them

Time, jobs and alerts
  clock               a clock that stands still until a test advances it
  workers             workers, and the rows of runs and cursors
  job_queue           a kind of queued jobs that leaves effects, adding them, and the rows of the queue
  activity            running the roll-up of activity, and comparing its rows
  midnight_jobs       running the jobs at midnight, their snapshots and resets
  verification        a customer for the verification of the Pulse, and its records
  alerts              running the watch of deadlines, and the alerts it emitted
  deadline_steps      steps of explanations as text
  promises            promises to explain, and their explanations

Events
  events.samples      typed events to write as rows
  events.released     rows that release 0.1.0 wrote
  events.typed        the typed events of these rows
  events.texts        events with their texts in their data
  events.api_fields   the fields of each event in the API
  events.shown_keys   the field of the API that shows each key of a stored event
  events.stored_data  the data of a stored event
  events.replay       orders replayed from events, and compared with the rows
  events.replay_account  accounts replayed from their other events

Histories, imports and random data
  histories           histories of images for tests of figures
  past_images         images of such histories, with their changes
  random_histories    the same, drawn by hypothesis
  pulse_reads         reads of their figures, compared with the reference
  random_lives        accounts with random commands and jobs over days
  importable_lives    lives that an import file can express, and their export
  import_files        lines of import files, importing them, all rows in a comparable form
  held_import         an import that is held while it runs, as a fixture
  refused_lines       lines that an import refuses
  imported_orders     lines of images, and the orders that an import made
  interrupted_imports imports with acts of clients and staff before or amid them
  random_files        random import files
  one_of_each         a history with every type of event and a row in every table
  erasing             erasing the texts of an account, and all rows with or without texts
  strategies          strategies of zones, days and instants

The model of the rules
  model.orders        orders by the rules alone, in memory
  model.ledger        ledger days, zones and closings by the rules alone
  model.terms         SLA versions by the rules alone
  model.production    claims, deliveries and rejections by the rules alone
  model.facts         the facts of both, and refusals
  model.refusals      the reasons to refuse commands on orders
  model.world         accounts kept by the services and by the model
  model.client_commands, model.production_commands, model.account_commands  commands given to both
  model.random_commands  strategies of commands and waits
  model.concurrent    concurrent commands, repeated on the model
  model.comparison    all rows compared with the model

Failures
  pools               pools that record their statements, or fail at the n-th
  broken_accounts     an account that cannot be written
  connection_proxy    a proxy that falls silent or breaks connections
  writer_process, worker_process  processes that a test kills
  worker_processes    starting and killing processes of workers

Databases and the system
  database            a migrated database for each test
  folders             the folder of a test run
  released_database   the database of the previous release, and its statements
  previous_server     a server of the previous release, which gives its commands by its own statements
  routing             a database partitioned by account
  statements          every statement of the code
  system              programs of the system
  wrong_terms         wrong terms of plans, as a setting has them
  commands            commands of `loupe` in processes of their own
  serving_workers     `loupe serve` with two workers: its log, its workers and their connections
"""
