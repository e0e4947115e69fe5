// Every legal conversation up to a length, against a model of PostgreSQL's own main loop: whatever fails wherever,
// and however sending and answering interleave, the ledger knows whose each answer is.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_set>
#include <vector>

#include "protocol/pending_replies.h"

namespace sluice::protocol {
namespace {

enum class Who : char { agent = 'a', own = 'o', refused = 'r' };

// A message on its way upstream. `kind` is the wire's type, but: I Execute of COPY FROM STDIN, O of COPY TO STDOUT,
// U Query with a COPY FROM STDIN, V with two of them, L Execute that stops at its row limit.
struct Sent {
  char kind;
  Who who;
};
struct Reply {
  char type;
  Who who;
};

// What a backend does with one message: postgres.c's loop, and copyfromparse.c's while it reads COPY data.
struct Backend {
  enum class State : char { ready = 'r', skipping = 's', copying = 'c', lost = 'l' };
  State state = State::ready;
  bool copy_of_query = false;
  int copies_left = 0;
  Who copy_who = Who::agent;

  // One outcome for each way in which it can end.
  static std::vector<std::string> outcomes(const Sent& sent) {
    if (sent.who == Who::refused) return {sent.kind == 'P' ? "E" : "EZ"};
    switch (sent.kind) {
      case 'P': return {"1", "E"};
      case 'B': return {"2", "E"};
      case 'D': return {"T", "n", "E"};
      case 'E': return {"DC", "I", "E", "DE"};
      case 'L': return {"Ds", "E"};
      case 'O': return {"HdcC", "HdE"};
      case 'I': return {"G", "E"};
      case 'C': return {"3"};
      case 'S': return {"Z"};
      case 'Q': return {"TDCZ", "IZ", "TDCCEZ", "EZ"};
      case 'U': return {"CG", "EZ"};
      case 'V': return {"G"};
      case 'F': return {"VZ", "EZ"};
      default: return {""};  // Flush; CopyData, CopyDone and CopyFail outside COPY
    }
  }

  std::vector<std::pair<Backend, std::string>> take(const Sent& sent) const {
    std::vector<std::pair<Backend, std::string>> results;
    if (state == State::skipping) {
      Backend next = *this;
      if (sent.kind == 'S') next.state = State::ready;
      return {{next, sent.kind == 'S' ? "Z" : ""}};
    }
    if (state == State::copying) return copy(sent);
    for (const std::string& replies : outcomes(sent)) {
      Backend next = *this;
      const bool extended = std::string_view("PBDELOIC").find(sent.kind) != std::string_view::npos;
      if (extended && replies.ends_with("E")) next.state = State::skipping;
      if (replies.ends_with("G")) {
        next.state = State::copying;
        next.copy_of_query = sent.kind != 'I';
        next.copies_left = sent.kind == 'V' ? 1 : 0;
        next.copy_who = sent.who;
      }
      results.emplace_back(next, replies);
    }
    return results;
  }

 private:
  std::vector<std::pair<Backend, std::string>> copy(const Sent& sent) const {
    Backend ended = *this;
    Backend failed = *this;
    ended.state = State::ready;
    failed.state = copy_of_query ? State::ready : State::skipping;
    const std::string failure = copy_of_query ? "EZ" : "E";
    switch (sent.kind) {
      case 'd': return {{*this, ""}, {failed, failure}};
      case 'f': return {{failed, failure}};
      case 'H':
      case 'S': return {{*this, ""}};
      case 'c': {
        if (copies_left > 0) {
          Backend again = *this;
          --again.copies_left;
          return {{again, "CG"}, {failed, failure}};
        }
        return {{ended, copy_of_query ? "CZ" : "C"}, {failed, failure}};
      }
      default: {
        Backend lost = *this;  // a lost connection: "unexpected message type during COPY"
        lost.state = State::lost;
        return {{lost, ""}};
      }
    }
  }
};

// The session, as far as the ledger is concerned.
struct World {
  Backend backend;
  std::deque<Sent> upstream;   // sent, not yet read by the backend
  std::deque<Reply> answers;   // not yet read by the relay
  PendingReplies<Who> ledger;
  bool made_to_fail = false;   // a refusal in this pipeline
  bool open = false;           // extended messages since the last Sync
  int copies = 0;              // COPY FROM STDIN that the agent began, and must end or see fail before it sends anything else

  void expect(Owed owed, Fate fate, Who who) { ledger.expect({owed, fate, who}); }

  bool sync_due = false;       // the agent sent Sync into COPY data, as libpq does, and sends another one behind them

  [[nodiscard]] std::string key(std::size_t left) const {
    std::string key(1, static_cast<char>('0' + left));
    key += static_cast<char>(backend.state);
    key += static_cast<char>('0' + backend.copies_left + (backend.copy_of_query ? 4 : 0));
    key += static_cast<char>(backend.copy_who);
    key += static_cast<char>('0' + copies + (sync_due ? 4 : 0));
    key += static_cast<char>('0' + (made_to_fail ? 1 : 0) + (open ? 2 : 0) + (ledger.skipping() ? 4 : 0) + (ledger.copying_in() ? 8 : 0) +
                             (ledger.awaits_copy_data() ? 16 : 0) + (ledger.copy_interrupted() ? 32 : 0));
    for (const Sent& sent : upstream) key += {sent.kind, static_cast<char>(sent.who)};
    key += '|';
    for (const Reply& reply : answers) key += {reply.type, static_cast<char>(reply.who)};
    key += '|';
    for (const auto& entry : ledger.entries()) {
      key += {static_cast<char>('A' + static_cast<int>(entry.owed)), static_cast<char>(entry.context),
              static_cast<char>('0' + static_cast<int>(entry.fate) + (entry.failed ? 4 : 0) + (entry.in_copy ? 8 : 0))};
    }
    return key;
  }
};

Owed owed_for(char kind) {
  switch (kind) {
    case 'P': return Owed::parse;
    case 'B': return Owed::bind;
    case 'D': return Owed::describe_portal;
    case 'C': return Owed::close;
    case 'S': return Owed::sync;
    case 'Q':
    case 'U':
    case 'V': return Owed::query;
    case 'F': return Owed::function_call;
    default: return Owed::execute;
  }
}

class Search {
 public:
  explicit Search(std::string alphabet) : alphabet_(std::move(alphabet)) {}

  void run(std::size_t messages) { go_on(World{}, messages, ""); }
  [[nodiscard]] std::size_t states() const { return seen_.size(); }

 private:
  void go_on(const World& world, std::size_t left, const std::string& path) {
    if (::testing::Test::HasFailure() || !seen_.insert(world.key(left)).second) return;
    ASSERT_NE(world.backend.state, Backend::State::lost) << path;
    const bool settled = world.upstream.empty() && world.answers.empty();
    if (settled && world.backend.state != Backend::State::copying) {
      EXPECT_TRUE(world.ledger.empty()) << path;
      EXPECT_FALSE(world.ledger.awaits_copy_data()) << path;
    }
    if (settled) {
      EXPECT_EQ(world.ledger.copying_in(), world.backend.state == Backend::State::copying) << path;
    }
    if (left > 0) {
      for (const char message : alphabet_) send(world, message, left - 1, path);
    }
    if (!world.answers.empty()) return receive(world, left, path);
    if (!world.upstream.empty()) process(world, left, path);
  }

  // What the session does with a message of the agent's; lower case letters above 'w' are things of its own.
  void send(World world, char message, std::size_t left, const std::string& path) {
    const std::string here = path + message;
    if ((world.copies > 0 || world.sync_due) && std::string_view("dcfSH").find(message) == std::string_view::npos) return;
    const bool settled = world.upstream.empty() && world.answers.empty();
    const bool skips = world.made_to_fail || world.ledger.skipping();
    switch (message) {
      case 'H':
      case 'd':
        world.upstream.push_back({message, Who::agent});
        break;
      case 'c':
      case 'f':
        world.upstream.push_back({message, Who::agent});
        world.ledger.copy_ended();
        if (world.copies > 0) --world.copies;
        break;
      case 'S':
        world.upstream.push_back({'S', Who::agent});
        world.sync_due = world.copies > 0;
        world.made_to_fail = false;
        world.open = false;
        world.expect(Owed::sync, Fate::forward, Who::agent);
        break;
      case 'x':  // a refused Parse or Bind
        if (skips) return;
        world.upstream.push_back({'P', Who::refused});
        world.expect(Owed::parse, Fate::replace_error, Who::refused);
        world.made_to_fail = world.open = true;
        break;
      case 'y':  // a refused Query
        if (skips) return;
        world.upstream.push_back({'Q', Who::refused});
        world.expect(Owed::query, Fate::replace_error, Who::refused);
        break;
      case 'z':  // a question of our own
        if (skips || !settled || !world.ledger.empty() || world.ledger.copying_in()) return;
        for (const char kind : std::string("PBECC")) {
          world.upstream.push_back({kind, Who::own});
          world.expect(owed_for(kind), Fate::swallow, Who::own);
        }
        if (world.open) {
          world.upstream.push_back({'H', Who::own});
        } else {
          world.upstream.push_back({'S', Who::own});
          world.expect(Owed::sync, Fate::swallow, Who::own);
        }
        break;
      default:
        if (skips) return;
        world.upstream.push_back({message, Who::agent});
        world.expect(owed_for(message), Fate::forward, Who::agent);
        if (std::string_view("QUVF").find(message) == std::string_view::npos) world.open = true;
        world.copies += message == 'V' ? 2 : message == 'I' || message == 'U' ? 1 : 0;
        break;
    }
    go_on(world, left, here);
  }

  void process(const World& world, std::size_t left, const std::string& path) {
    const Sent sent = world.upstream.front();
    for (const auto& [backend, replies] : world.backend.take(sent)) {
      World next = world;
      next.upstream.pop_front();
      next.backend = backend;
      // The answers in and behind COPY data are those of the message that began it.
      const Who who = world.backend.state == Backend::State::copying ? world.backend.copy_who : sent.who;
      for (const char type : replies) next.answers.push_back({type, who});
      go_on(next, left, path + ">" + replies);
    }
  }

  void receive(World world, std::size_t left, const std::string& path) {
    const Reply reply = world.answers.front();
    world.answers.pop_front();
    const std::string here = path + "<" + reply.type;
    std::vector<PendingReplies<Who>::Entry> abandoned;
    const auto event = world.ledger.on_reply(reply.type, abandoned);
    ASSERT_TRUE(event.ok()) << here;
    ASSERT_NE(event->subject, nullptr) << here;
    EXPECT_EQ(event->subject->context, reply.who) << here;
    const bool error = reply.type == 'E';
    switch (reply.who) {
      case Who::agent: EXPECT_EQ(event->action, ReplyAction::forward) << here; break;
      case Who::own: EXPECT_EQ(event->action, error ? ReplyAction::forward : ReplyAction::swallow) << here; break;
      case Who::refused: EXPECT_EQ(event->action, error ? ReplyAction::replace : ReplyAction::forward) << here; break;
    }
    const bool none_to_come = std::none_of(world.upstream.begin(), world.upstream.end(), [](const Sent& sent) {
      return std::string_view("IUV").find(sent.kind) != std::string_view::npos;
    });
    if (error && none_to_come && world.backend.state != Backend::State::copying) world.copies = 0;
    go_on(world, left, here);
  }

  std::string alphabet_;
  std::unordered_set<std::string> seen_;
};

TEST(PendingRepliesModel, EveryPipelineWithErrorsRefusalsAndQuestions) {
  Search search("PBDELCSHQxyz");
  search.run(4);
  EXPECT_GT(search.states(), 1000u);
}

TEST(PendingRepliesModel, EveryCopy) {
  Search search("IUVQdcfSHx");
  search.run(5);
  EXPECT_GT(search.states(), 1000u);
}

TEST(PendingRepliesModel, EveryFunctionCallBetweenOthers) {
  Search search("FPEISQdcxz");
  search.run(4);
  EXPECT_GT(search.states(), 1000u);
}

}  // namespace
}  // namespace sluice::protocol
