#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::test {

/// Plays a sans-I/O object against bytes, as the coroutine around it would: made anew for each run.
class ConversationPartner {
 public:
  virtual ~ConversationPartner() = default;

  /// Bytes from the peer, cut anywhere. None arrive once it is over.
  virtual void read(std::string_view bytes) = 0;
  /// Takes what was written since the last call; each element is one write.
  [[nodiscard]] std::vector<std::string> take_writes() { return std::exchange(writes_, {}); }
  [[nodiscard]] virtual bool over() const = 0;
  [[nodiscard]] virtual bool succeeded() const = 0;
  /// True if these bytes are whole and legal messages of our side.
  [[nodiscard]] virtual bool legal(const std::string& write) const = 0;

 protected:
  void write(std::string bytes) {
    if (!bytes.empty()) writes_.push_back(std::move(bytes));
  }

 private:
  std::vector<std::string> writes_;
};

/// A conversation as a list of steps:
///
///   ConversationScript script;
///   script.peer(ssl_request).ours("N").peer(startup_message).ours(sasl_request)…;
///   script.plays([] { return std::make_unique<StartupPartner>(…); });
///   script.survives_sweep([] { … });
class ConversationScript {
 public:
  using MakePartner = std::function<std::unique_ptr<ConversationPartner>()>;

  ConversationScript& peer(std::string bytes) {
    steps_.push_back({std::move(bytes), {}});
    return *this;
  }
  /// What is written in answer to the last peer() step, or at the beginning.
  ConversationScript& ours(std::string bytes) {
    (steps_.empty() ? first_write_ : steps_.back().answer) += bytes;
    return *this;
  }

  /// Runs as written, and expects success.
  void plays(const MakePartner& make) const;
  /// Runs as written, but expects it to be over without success at the end.
  void fails(const MakePartner& make) const;
  /// Reruns it chopped at every byte, ended at every byte, with every byte damaged, and with every step
  /// replaced by something else: it never succeeds unless all was in order, and all that it writes is legal.
  /// `harmless`: how many of the peer's bytes at the front may be damaged without being noticed.
  void survives_sweep(const MakePartner& make, std::size_t harmless = 0) const;

 private:
  struct Step {
    std::string bytes;
    std::string answer;
  };

  void run(const MakePartner& make, std::size_t chunk, bool expect_success) const;
  void end_after(const MakePartner& make, std::size_t bytes) const;
  /// Plays up to `step`, then reads `instead` and nothing more. Returns whether it succeeded.
  bool replace(const MakePartner& make, std::size_t step, const std::string& instead, bool go_on) const;

  std::string first_write_;
  std::vector<Step> steps_;
};

}  // namespace sluice::test
