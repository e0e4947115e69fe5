#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/session.h"
#include "support/memory_stream.h"
#include "support/session_fakes.h"
#include "support/test_loop.h"

namespace sluice::test {

/// One gateway session between an agent and an upstream that are played from a transcript. Lines:
///
///   -> Query "SELECT 1"        the agent sends
///   => Query "SELECT 1"        this, and nothing else, reaches the upstream
///   <= ReadyForQuery I         the upstream answers
///   <- ReadyForQuery I         this reaches the agent
///   ! approve | deny | expire | agent leaves | upstream leaves | cancel | audit breaks | drain
///   ! 30 s pass                for the time limits of the session
///   limit statement_timeout 30 at the top of the transcript: a limit of the identity
///   # a comment
///   as dba                     first of all: the agent is somebody who passes with everything (audit_only)
///
/// Questions of the gateway's own are answered behind the scenes: the search path is "public", and
/// EXPLAIN says as many rows as `estimate N` at the top of the transcript does (1 unless said). `changed N` at the top: so many
/// rows of a table a statement with a limit changes, by the upstream's counters. `rule exports max_rows 2` at the top: what a
/// hold rule asks for (exports, bulk, mass; max_rows, above_actual_rows, mode).
class SessionStage {
 public:
  /// A limit above 0: the session reads at most so many bytes at a time on that side.
  explicit SessionStage(std::size_t agent_read_limit = 0, std::size_t upstream_read_limit = 0);
  ~SessionStage();

  /// Plays all lines; fails the test where the conversation differs.
  void play(const std::string& transcript);
  /// Plays lines up to `steps`, then breaks both connections, and waits for the session to end.
  void play_and_break(const std::string& transcript, std::size_t steps);
  /// Plays the lines before `step`; of the message that is sent in `step` only the first `bytes`, and then its sender
  /// is gone. Waits for the session to end.
  void play_and_cut(const std::string& transcript, std::size_t step, std::size_t bytes);
  [[nodiscard]] static std::size_t steps_of(const std::string& transcript);
  /// Length of the message that a step sends to the session; 0: it sends none.
  [[nodiscard]] static std::size_t bytes_of(const std::string& transcript, std::size_t step);

  FakeRecorder recorder;

 private:
  struct Peer {
    explicit Peer(const net::Executor& executor) : arrived(executor) {}
    std::unique_ptr<MemoryStream> stream;
    std::deque<std::string> messages;  // received and not yet looked at
    bool ended = false;
    net::Event arrived;
  };

  void apply_limits(const std::vector<std::string>& lines);
  net::awaitable<void> start();
  net::awaitable<void> log_in_agent();
  net::awaitable<void> accept_upstream();
  net::awaitable<void> read_peer(Peer* peer, bool from_agent);
  net::awaitable<void> take_line(std::string line);
  net::awaitable<void> expect(Peer* peer, bool from_agent, std::string spec);
  net::awaitable<void> act(std::string what);
  net::awaitable<void> play_lines(std::vector<std::string> lines);
  net::awaitable<void> wait_for_end();
  bool answer_own_question(const std::string& message, std::string& answer);

  TestLoop loop_;
  FixedClock clock_;
  net::Deadline now_ = std::chrono::steady_clock::now();  ///< the session's, which only the transcript moves on
  std::unique_ptr<FakeBoard> board_;
  std::unique_ptr<FakeDesk> desk_;
  std::unique_ptr<gateway::GatewayContext> gateway_;
  std::unique_ptr<gateway::WorkerContext> worker_;
  std::shared_ptr<gateway::Session> session_;
  Peer agent_;
  Peer upstream_;
  std::string user_ = "bot";
  std::string estimate_ = "1";
  std::string changed_;    ///< rows of a table that a counted statement changes; empty: none
  bool counting_ = false;  ///< the counters were asked about before the statement
  char transaction_ = 'I';
  int own_messages_left_ = 0;
  std::string own_row_;
  bool session_ended_ = false;
  std::unique_ptr<net::Event> session_end_;
};

}  // namespace sluice::test
