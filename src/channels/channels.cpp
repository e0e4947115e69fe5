#include "channels/channels.h"

#include <utility>

namespace sluice::channels {

struct Channels::State {
  State(control::Control& the_control, const Clock& the_clock) : control(the_control), clock(the_clock) {}

  control::Control& control;
  const Clock& clock;
  std::map<std::string, net::HttpHandler> callbacks;
};

Channels::Channels(std::shared_ptr<State> state) : state_(std::move(state)) {}
Channels::~Channels() { stop(); }

std::unique_ptr<Channels> Channels::start(control::Control& control, const Clock& clock) {
  return std::unique_ptr<Channels>(new Channels(std::make_shared<State>(control, clock)));
}

std::map<std::string, net::HttpHandler> Channels::callbacks() const { return state_->callbacks; }

void Channels::stop() {}

}  // namespace sluice::channels
