var H5P = H5P || {};
H5P.OsvitloQuiz = (function (EventDispatcher) {
  function Quiz(params) {
    EventDispatcher.call(this);
    var self = this;
    this.attach = function ($container) {
      $container.html('<p class="osv-quiz">' + params.question + '</p>');
      window.setTimeout(function () { self.triggerXAPIScored(2, params.right, 'answered', true, false); }, 800);
    };
  }
  Quiz.prototype = Object.create(EventDispatcher.prototype);
  Quiz.prototype.constructor = Quiz;
  return Quiz;
})(H5P.EventDispatcher);
