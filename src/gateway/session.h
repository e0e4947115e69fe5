#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approvals/request.h"
#include "auth/identity.h"
#include "config/config.h"
#include "gateway/agent_writer.h"
#include "gateway/client_row.h"
#include "gateway/permit.h"
#include "gateway/session_names.h"
#include "gateway/session_objects.h"
#include "gateway/worker_context.h"
#include "policy/grade.h"
#include "net/byte_stream.h"
#include "net/deadline_timer.h"
#include "net/task.h"
#include "plan/row_counting.h"
#include "protocol/frame_walker.h"
#include "protocol/message_reader.h"
#include "protocol/notice.h"
#include "protocol/session_messages.h"
#include "protocol/startup_flow.h"

namespace sluice::gateway {

class AdminSession;

/// One agent connection and its upstream connection, from accept to close. Two coroutines share it, on
/// one worker thread: the agent's side reads, plans, holds and sends; the relay (session_relay.cpp) brings
/// the answers back. The ledger between them knows which answers are owed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(WorkerContext& worker, std::unique_ptr<net::ByteStream> agent, std::uint64_t id);
  ~Session();

  /// Returns when both connections have ended.
  [[nodiscard]] net::awaitable<void> run();
  /// CancelRequest. `done` is called once it is delivered. On the worker's thread.
  void cancel(std::function<void()> done = {});
  /// Ends when idle; a session that waits for an approval ends at once. On the worker's thread.
  void drain();
  /// Tells the agent why and ends, whatever is under way. On the worker's thread.
  void end_at_once(Error why);
  /// Ends at once.
  void close() noexcept;
  /// Acts if the deadline of what the session is doing has passed; its own timer calls this too. On the worker's thread.
  void look_at_clock();
  /// True while the agent has not proved yet who it is.
  [[nodiscard]] bool logging_in() const noexcept { return logging_in_; }
  [[nodiscard]] net::Deadline begun() const noexcept { return begun_; }
  /// For SHOW CLIENTS. On the worker's thread.
  [[nodiscard]] ClientRow describe() const;
  /// Makes room for others: one that is logging in has had its time.
  void end_login();

 private:
  // login (session_login.cpp)
  net::awaitable<Status> log_in();
  net::awaitable<Result<protocol::StartupStep>> advance_startup(protocol::StartupFlow& flow, protocol::StartupStep step, net::TlsServerContext* tls);
  net::awaitable<Status> admit(const protocol::StartupFlow& flow);
  net::awaitable<Status> connect_upstream(const protocol::StartupFlow& flow);
  net::awaitable<Status> record_opened();
  net::awaitable<Status> refuse_login(Error error, std::string before = {});
  net::awaitable<Status> give_up_login(const protocol::StartupFlow& flow, Error why);
  std::string welcome(std::uint32_t version);
  net::awaitable<void> pass_cancel_on(protocol::CancelRequest request);
  static net::awaitable<void> cancel_upstream(std::shared_ptr<Session> self, std::function<void()> done);

  // session_admin.cpp: people in the admin database
  Status admit_admin();
  net::awaitable<Status> begin_admin(std::string before);
  net::awaitable<void> serve_admin();
  void end_admin(Error why);

  // the agent's side (session.cpp)
  net::awaitable<void> serve_agent();
  net::awaitable<bool> fill();  ///< more bytes from the agent; false: it will send no more
  net::awaitable<Status> on_message(const protocol::MessageView& message);
  net::awaitable<Status> prepare_names();   ///< settles and asks what a name means, where that may have changed
  net::awaitable<Result<std::shared_ptr<const PlannedText>>> plan(std::string_view text, const sql::NameContext& names);
  [[nodiscard]] Result<std::shared_ptr<const PlannedText>> plan_now(std::string_view text, const sql::NameContext& names);
  net::awaitable<Status> ask_names(protocol::Fate fate = protocol::Fate::swallow);
  void use_published(std::shared_ptr<const plan::Snapshot> published);
  Status look_at_snapshot();                ///< takes up a newly published snapshot

  // session_deadline.cpp
  [[nodiscard]] Activity activity() const noexcept;
  void note_activity();      ///< to be called after whatever may have changed what the session is doing
  void set_alarm(net::Deadline deadline);
  void end_idle(Error why);  ///< nothing is under way
  void note_stuck_write(const Error& error);

  // session_limits.cpp
  /// More answers than this may not be owed: the agent waits, its bytes stay in its socket. Far above what drivers
  /// pipeline, and the upstream is told to flush, so that it always goes on.
  static constexpr std::size_t kMaxOwed = 4096;
  [[nodiscard]] Status check_memory();                        ///< out_of_memory, or the limit of the session is reached
  [[nodiscard]] Status check_new_objects(const plan::TextPlan& plan);
  [[nodiscard]] Status check_new_statement(std::string_view name, std::size_t size);
  [[nodiscard]] Status check_new_portal(std::string_view name);
  net::awaitable<Status> bound_pipeline();                    ///< waits while too many answers are owed
  net::awaitable<Status> flush_upstream();
  void count_statements(const plan::TextPlan& plan);

  // session_query.cpp
  net::awaitable<Status> on_query(const protocol::MessageView& message);
  [[nodiscard]] static bool runs_freely(const plan::TextPlan& plan);  ///< nobody need be asked

  // session_leave.cpp
  [[nodiscard]] static Error uncountable_rows();
  [[nodiscard]] static bool is_counted(const ResolvedText& resolved);  ///< its rows have a limit, or will once it is approved
  /// `held`: what an approver reads and the approval is for; `source`: the statement itself. Null: it runs without limits.
  net::awaitable<Result<std::shared_ptr<ApprovedRun>>> obtain_leave(const PlannedText& text, std::string_view held, std::string_view source,
                                                                    std::vector<approvals::Parameter> parameters,
                                                                    const protocol::BindView* bind, const std::vector<Oid>* types);

  // session_limit_rows.cpp: the row limit of an approval
  [[nodiscard]] static bool may_be_limited(const plan::TextPlan& plan);  ///< a rule gives it, or its approval, a limit of rows
  [[nodiscard]] std::uint64_t row_allowance() const noexcept;            ///< how many more rows may pass to the agent now
  void stop_at_limit();                                                  ///< the next row would be above it
  void remember_above(const ApprovedRun& run);
  net::awaitable<Status> begin_counting(RunningText& running);
  net::awaitable<Status> end_counting(std::shared_ptr<RunningText> running, std::int32_t begins);
  net::awaitable<Status> refuse_counted(RunningText& running, Error error);  ///< it was not sent yet
  net::awaitable<Result<std::map<std::string, std::uint64_t>>> count_changes();
  void hold_back_completion(RunningText& running, const protocol::MessageView& message, std::string& replacement, bool& forward);
  static void note_end_of_run(const RunningText& running, control::Outcome outcome);
  void report_when_over(ApprovedRun& run);
  [[nodiscard]] static std::string limit_error_of(const ApprovedRun& run);  ///< the bytes for the agent

  // session_indirect.cpp
  [[nodiscard]] static bool is_indirect(const PlannedText& text);
  net::awaitable<Result<ResolvedText>> resolve_indirect(std::shared_ptr<const PlannedText> text);
  void note_definition(RunningText& running, std::string_view source, const sql::NameContext& names) const;
  [[nodiscard]] static std::string held_source(const ResolvedText& resolved, std::string_view source);

  // session_parts.cpp
  net::awaitable<Status> query_in_parts(std::string text);
  struct PartPlace {
    std::string_view source;
    std::int32_t begins = 0;  ///< characters of the Query's text before it
    bool first = false;       ///< nothing has gone upstream yet
    bool last = false;
    bool in_block = false;    ///< in a transaction block of our own
  };
  net::awaitable<Result<bool>> send_part(const PartPlace& place);
  net::awaitable<Result<bool>> refuse_part(Error error, const PartPlace& place);

  // session_extended.cpp
  net::awaitable<Status> on_parse(const protocol::MessageView& message);
  net::awaitable<Status> on_bind(const protocol::MessageView& message);
  net::awaitable<Status> on_describe(const protocol::MessageView& message);
  net::awaitable<Status> on_execute(const protocol::MessageView& message);
  net::awaitable<Status> on_close(const protocol::MessageView& message);
  net::awaitable<Status> on_sync(const protocol::MessageView& message);
  net::awaitable<Result<std::shared_ptr<const PlannedText>>> freshen(const PreparedStatement& statement);

  // session_record.cpp: whoever passes with everything
  [[nodiscard]] bool audit_only() const noexcept { return grade_ == policy::Grade::audit_only; }
  net::awaitable<Status> record_message(const protocol::MessageView& message);
  net::awaitable<Status> record_query(const protocol::MessageView& message);
  net::awaitable<Status> record_parse(const protocol::MessageView& message);
  net::awaitable<Status> record_bind(const protocol::MessageView& message);
  net::awaitable<Status> record_execute(const protocol::MessageView& message);
  net::awaitable<Status> record_function_call(const protocol::MessageView& message);
  net::awaitable<Status> record_names();
  [[nodiscard]] const sql::NameContext& recorded_names() const noexcept;
  net::awaitable<Result<std::shared_ptr<const PlannedText>>> plan_opaque(sql::StatementKind kind, std::string_view text);
  net::awaitable<Result<std::shared_ptr<const PlannedText>>> unread_text();
  void pass_other(const protocol::MessageView& message);
  void note_setting(const protocol::ParameterStatus& setting);

  // session_replication.cpp
  net::awaitable<Status> admit_replication();
  net::awaitable<Status> replication_message(const protocol::MessageView& message);
  net::awaitable<Status> replication_query(const protocol::MessageView& message);

  // session_hold.cpp
  net::awaitable<Result<control::HoldStatus>> await_approval(approvals::HeldStatement held, policy::RequireApproval requirement,
                                                             plan::RowCounting counting);
  net::awaitable<Result<control::HoldStatus>> obtain_approval(approvals::HeldStatement held, const policy::RequireApproval& requirement,
                                                              plan::RowCounting counting);
  net::awaitable<Result<control::HoldStatus>> wait_for_decision(control::HoldStatus status);
  net::awaitable<Result<std::vector<std::string>>> ask_settings();
  [[nodiscard]] std::string request_detail(const control::HoldStatus& status) const;
  net::awaitable<Status> tell_of_hold(const control::HoldStatus& status, bool first);
  [[nodiscard]] Error pending_error(const control::HoldStatus& status) const;
  [[nodiscard]] Error hold_error(const control::HoldStatus& status, ErrorKind kind, std::string message, std::string hint) const;
  /// What a hold waits for; outlives it if the hold ends first.
  struct PendingDecision {
    std::optional<Result<control::HoldStatus>> outcome;
  };
  static net::awaitable<void> watch_decision(control::ApprovalDesk& desk, std::weak_ptr<Session> session, RequestId id,
                                             std::shared_ptr<PendingDecision> pending);
  static net::awaitable<void> watch_agent(std::shared_ptr<Session> self);
  [[nodiscard]] approvals::HeldStatement describe_held(const PlannedText& text, std::string_view source,
                                                       std::vector<approvals::Parameter> parameters) const;

  // session_ask.cpp
  net::awaitable<Status> settle();  ///< waits until every reply that is owed has come
  net::awaitable<Status> await_answers();  ///< likewise, where the upstream was told already to send them
  net::awaitable<Result<std::shared_ptr<OwnQuestion>>> ask(std::string_view sql, const protocol::BindView* bind, const std::vector<Oid>* types,
                                                         protocol::Fate fate = protocol::Fate::swallow);
  net::awaitable<Result<std::optional<std::uint64_t>>> estimate_rows(const PlannedText& text, std::string_view source,
                                                                    const protocol::BindView* bind, const std::vector<Oid>* types);
  net::awaitable<std::optional<std::uint64_t>> estimate_for_card(const PlannedText& text, std::string_view source, const protocol::BindView* bind,
                                                                 const std::vector<Oid>* types);

  // session_refuse.cpp
  net::awaitable<Status> refuse_query(Error error);
  net::awaitable<Status> refuse_function_call(Error error);
  net::awaitable<Status> refuse_extended(Error error);
  net::awaitable<Status> record_refusal(control::FactsRef facts, ErrorKind kind, std::string_view text);
  [[nodiscard]] bool upstream_untouched() const noexcept;
  /// An error made void what the agent sends up to its next Sync.
  [[nodiscard]] bool skips() const noexcept { return skip_to_sync_ || upstream_fails_ || ledger_.skipping(); }
  [[nodiscard]] std::string ready_for_query() const;
  /// Also while a pipeline is open: what it has done is not committed yet.
  [[nodiscard]] bool in_transaction() const noexcept {
    return transaction_ != protocol::TransactionStatus::idle || extended_open_;
  }

  // the upstream's side (session_relay.cpp)
  net::awaitable<void> relay();
  net::awaitable<Status> relay_chunk(std::string_view chunk);
  net::awaitable<Status> on_upstream_message(const protocol::MessageView& message, std::string& replacement, bool& forward);
  net::awaitable<void> tell_others_of_schema();
  /// `before`: bytes that were held back and pass now.
  Status account_bulk(const protocol::Frame& frame, bool& forward, std::string& before);
  net::awaitable<Status> complete(RunningText& running, control::Outcome outcome, std::string_view sqlstate);
  net::awaitable<Status> finish(Ledger::Entry& entry, const protocol::MessageView& message);
  void succeeded(const RunningText& running, std::size_t statement);
  /// The agent's version of an upstream's error or notice about statement `current` of `text` (may be null).
  std::string rewritten_notice(const protocol::MessageView& message, const PlannedText* text, std::size_t current, std::int32_t begins, bool& drop);
  void pass_error(const protocol::MessageView& message, bool copy_interrupted, std::string& replacement);
  void lose_synchronization(const protocol::MessageView& message, std::string& replacement);
  net::awaitable<void> upstream_lost();
  net::awaitable<void> record_unfinished();

  // session_rows.cpp
  /// A Query that runs in parts: what of an answer the agent sees, and when.
  void pass_part(const protocol::MessageView& message, const Ledger::Entry& subject, std::string& replacement, bool& forward);
  void check_rows(const protocol::MessageView& message, const Ledger::Entry& subject, std::string& replacement);
  [[nodiscard]] bool check_first_row(const protocol::Frame& frame, const Ledger::Entry& subject, std::string& before);  ///< false: it does not pass
  void make_void(const Ledger::Entry& subject, const Error& error);
  [[nodiscard]] bool hears_notifications();

  void send_flags(const PlannedText& text);  ///< what a sent statement means for those behind it

  WorkerContext& worker_;
  std::unique_ptr<net::ByteStream> agent_;
  std::unique_ptr<AgentWriter> to_agent_;
  std::unique_ptr<UpstreamConnection> upstream_;
  protocol::MessageBuffer from_agent_;
  protocol::FrameWalker from_upstream_;
  const std::uint64_t id_;
  const net::Deadline begun_ = std::chrono::steady_clock::now();

  std::shared_ptr<const config::Config> config_;
  std::uint64_t generation_ = 0;
  std::shared_ptr<const plan::Snapshot> published_;  ///< what all sessions see
  std::shared_ptr<const plan::Snapshot> snapshot_;   ///< with the session's own tables on top
  std::optional<plan::PlanScope> scope_;
  const config::SessionLimits* limits_;  ///< the identity's, within config_
  auth::Identity identity_;
  policy::Grade grade_ = policy::Grade::governed;  ///< the same from login to end
  bool replication_ = false;                       ///< the upstream is a walsender, which no question can be asked
  SnapshotVersions replication_versions_;          ///< for which the policy was asked about it last
  plan::TextReading reading_;                      ///< changes under audit_only alone
  std::shared_ptr<const PlannedText> unread_;      ///< under audit_only: what stands for a statement whose text is not known
  DatabaseAlias database_;
  control::DatabaseUse database_use_;
  std::uint32_t process_id_ = 0;
  std::string cancel_key_;
  bool registered_ = false;
  bool logging_in_ = true;        ///< has not proved yet who it is
  bool counted_ = false;          ///< among the open sessions
  bool opened_ = false;

  std::unique_ptr<AdminSession> admin_;  ///< null: an agent's session with its upstream
  Ledger ledger_;
  SessionObjects objects_;
  struct Execution {
    std::shared_ptr<const PlannedText> text, prepared, result;
  };
  Execution last_execution_;      ///< the last EXECUTE that was looked up
  SessionNames names_;
  std::uint64_t next_statement_ = 1;
  protocol::TransactionStatus transaction_ = protocol::TransactionStatus::idle;
  bool extended_open_ = false;    ///< extended messages went upstream since the last Sync
  bool pipeline_ran_ = false;     ///< and something was bound or run among them
  bool skip_to_sync_ = false;     ///< an error was answered here; the agent's messages up to Sync are void
  bool upstream_fails_ = false;   ///< likewise, but the upstream was made to fail and gets the Sync
  bool ended_in_pipeline_ = false;  ///< a transaction ended inside a pipeline: what it did is there for all to see
  bool answers_void_ = false;     ///< the rows that came are not those that were planned: nothing passes up to ReadyForQuery
  std::string void_error_;        ///< what the agent is told of it, not yet written
  std::string late_rows_;         ///< a RowDescription that waits for its statement to have run
  std::string late_completion_;   ///< a CommandComplete that waits for the commit
  std::string counted_completion_;  ///< likewise for the count of its rows
  std::size_t limit_cancels_ = 0;   ///< cancels of statements above their limit that are on their way
  std::map<std::string, std::uint64_t> counted_before_;
  std::vector<Digest> above_actual_rows_;  ///< statements that were stopped at the limit for those that nobody approved
  bool hears_ = false;            ///< hears_notifications() at `hearing_generation_`
  std::uint64_t hearing_generation_ = ~std::uint64_t{0};
  bool settle_first_ = false;     ///< a statement under way changes what names mean
  bool catalog_stale_ = false;    ///< one of our statements changed the schema
  net::Deadline next_refresh_ = net::Deadline::min();  ///< a name that is not found asks for the catalog anew at most this often

  Activity doing_ = Activity::login;
  net::DeadlineTimer alarm_;
  net::Deadline deadline_ = net::kNever;     ///< of what the session is doing
  std::uint64_t ended_statements_ = 0;
  std::uint64_t ended_statements_seen_ = 0;  ///< when the deadline was set
  bool statement_timed_out_ = false;         ///< and a cancel was sent
  bool hold_timed_out_ = false;
  std::optional<Error> ending_;              ///< why the gateway ends the session
  bool ends_idle_ = false;                   ///< and it would not, should a message come in time

  net::Event progress_;           ///< the ledger ran empty, or the session is over
  net::Event hold_;               ///< something happened to a hold, or a read of the agent ended
  bool holding_ = false;
  bool hold_canceled_ = false;
  std::string held_detail_;       ///< of the request that the session waits for
  bool reading_agent_ = false;    ///< a read started during a hold has not ended yet
  bool agent_gone_ = false;
  bool asking_ = false;           ///< a question of our own is under way
  bool cancel_requested_ = false; ///< CancelRequest came meanwhile: it means the statement behind the question
  bool draining_ = false;
  bool pipeline_full_ = false;    ///< the agent's side waits until fewer answers are owed
  std::uint64_t claimed_memory_ = 0;
  bool relay_busy_ = false;       ///< answers were taken from the ledger, but may not be written yet
  bool over_ = false;
  bool lost_synchronization_ = false;  ///< a message of the agent's was lost in COPY data
  bool fatal_forwarded_ = false;  ///< the agent has been told why the session ends
};

}  // namespace sluice::gateway
