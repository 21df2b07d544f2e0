"""The words that the bot understands, as tables: verbs, questions, fillers, options.

Phrases are lower-case, without apostrophes (`dont`) and separated by `|`. `what must/should i` are
two phrases, with either word; `_` is no word: `only _/the audio`. The longest phrase that matches
at a position wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from itertools import product

WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]")  # after folding; an apostrophe is straight


class Intent(StrEnum):
    """What a person wants from the bot."""

    START = auto()
    STOP = auto()
    PAUSE = auto()
    RESUME = auto()
    SCHEDULE = auto()
    UNSCHEDULE = auto()
    FOLLOW = auto()
    UNFOLLOW = auto()
    SHARE = auto()
    RENAME = auto()
    EXTEND = auto()  # record for longer
    RESCHEDULE = auto()  # move to another time
    UNDO = auto()
    AUTO = auto()  # set or delete a rule of a room; read by a pattern of its own
    STATUS = auto()
    LIST = auto()
    FIND = auto()
    SUMMARY = auto()
    JOIN = auto()
    SETTINGS = auto()
    PRESETS = auto()
    DOCTOR = auto()
    HELP = auto()
    THANKS = auto()
    UNKNOWN = auto()


class Role(StrEnum):
    """The function of a phrase in a sentence."""

    VERB = auto()  # an order: stop
    SOFT = auto()  # an order if its object is a room or a recording: kill
    PAST = auto()  # recorded, stopped: an order only with a wish around it
    NOUN = auto()  # names something to show: settings, recap
    HINT = auto()  # less than an order to stop: we are done
    CANCEL = auto()  # stops a running recording, or cancels a scheduled one
    FORGET = auto()  # delete
    POSTING = auto()  # the bot's activity in a channel: posting, sending
    CARDS = auto()  # the bot's posts in a channel: cards, updates
    THING = auto()  # the recording, the meeting
    ALL = auto()
    NOT = auto()
    REQUEST = auto()  # can you: a request in the form of a question
    WISH = auto()  # I want, let us
    HEDGE = auto()  # I think, we should, I will: a statement, not an order
    MAY = auto()  # should we: a question whether to do it
    HOW = auto()  # how do I
    WHY = auto()
    WAS = auto()  # did we, was it
    IS = auto()  # are you, is it
    WHEN = auto()  # when, how long
    WHICH = auto()  # what, who, which
    SAID = auto()  # said, mentioned, talked
    ABOUT = auto()
    WITH = auto()
    WITHOUT = auto()
    OPTION = auto()
    ARTICLE = auto()  # a, an
    AND = auto()
    AGAIN = auto()
    CLAUSE = auto()  # begins another clause: because, when
    HERE = auto()
    FILLER = auto()
    THANKS = auto()
    HELLO = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a phrase: an intent for verbs and nouns; a field and value for options."""

    role: Role
    intent: Intent | None = None
    field: str = ""
    value: object = None


_VERBS: Mapping[Intent, str] = {
    Intent.START: """
        start | record | rec | start up | kick off | sit in on | commence | initiate | fire up |
        take notes | take/write/keep/note minutes | take/write/keep/note the minutes | make a
        recording | make recording | make a record | make record | make the recording | do a
        recording | do the recording | do recording | get a recording | press record | hit record |
        push record | press the record button | hit the record button | push the record button |
        turn on | switch on | capture | tape | film | start to record | start recording | start
        record | start rec | begin recording | make a video | make video | make a video of |
        activate | enable | begin to record | begin the recording | starting recording | set up a
        recording | aufnehmen | aufzeichnen | grabar | graba | enregistrer | gravar | get it on
        tape | get this on tape | get that on tape | have it on tape | have this on tape | have
        that on tape | get it on video | get this on video | have it on video | have this on video
        | have that on video | have it on record | have this on record | write down what we say |
        write down what is said | write everything down | write down everything | write it down |
        jot it down | start again | record again | try again | retry | try it again | would you
        mind recording | do you mind recording | mind recording | recording please | please
        recording""",
    Intent.STOP: """
        stop | stopp | halt | stahp | stap | stawp | finish | end | quit | kill | abort |
        deactivate | disable | interrupt | recording off | record off | rec off |
        terminate | cease | turn off | switch off | turn it off | switch it off | turn
        this off | switch this off | shut off | shut it off | shut down | shut it down |
        make stop | make it stop | make this stop | make an end | put an end to | put a
        stop to | stop to record | finish to record | stop record | stop rec | wrap up |
        wrap it up | knock it off | cut it | stoppen | anhalten | aufhören | beenden |
        arrête | arrete | arrêtez | arretez | arrêter | parar | detener | ferma | fermare
        | stoppa | стоп | 停止 | 止めて | stop with | stopping | bring to an end | bring to a
        stop | bring to a halt | stop recording | end recording | ending | finishing
        | halting""",
    Intent.PAUSE: """
        pause | hold | suspend | hold on | freeze | put on hold | put it on hold | take a
        break | off the record | go off the record | going off the record | make a pause |
        do a pause | pausing | pause recording""",
    Intent.RESUME: """
        resume | continue | unpause | un-pause | carry on | keep recording | keep going |
        keep on recording | go on recording | on the record again | back on the record |
        go back on the record | continue to record | pick up again | continue with |
        keep/leave it running/recording/going/rolling |
        keep running | keep rolling |
        proceed | off pause | off hold | resume recording | continue recording | start again
        recording""",
    Intent.SCHEDULE: """
        schedule | sched | set up a schedule for | make a
        schedule for | plan a recording of | schedule a recording""",
    Intent.UNSCHEDULE: """
        unschedule | skip | call off | deschedule | off/from the _/recording
        schedule/calendar/plan""",
    Intent.FOLLOW: """
        follow | subscribe | subscribe to | subscribe us to | notify | watch | track |
        monitor | keep an eye on | get notified when | be notified when | get notified
        about | be notified about | be informed when | get a message when | get
        notifications for | get updates about | let us know when | let us know about | let
        me know when | let me know about | tell us when | tell me when | keep us posted on
        | keep us posted about | keep me posted on | notify us when | notify us about |
        notify us of | notify me when | notify me about | inform us about | inform us when
        | ping us when | ping me when | tell this channel when | tell the channel when |
        tell everyone when | let everyone know when | let the channel know when | let this
        channel know when""",
    Intent.UNFOLLOW: """
        unfollow | unsubscribe | unsubscribe from | unsubscribe us from | unwatch | mute |
        untrack | silence""",
    Intent.SHARE: "share | post | send | forward | publish | repost | crosspost",
    Intent.RENAME: """
        rename | retitle | change the title | change title | change the name | title it
        | give this the title | give it a title | entitle | call it | call this | name
        it | name this | call this one | call that | call that one | name this one | name that |
        call the recording | name the recording | title this | give it
        the title | set the title""",
    Intent.EXTEND: "extend | prolong | lengthen",
    Intent.RESCHEDULE: """
        move | reschedule | postpone | shift | push | push back | bring forward | delay | put
        off | change the time of | move up | re-schedule | change the time""",
    Intent.UNDO: """
        undo | undo it | undo that | undo this | revert | revert that | roll back | take that
        back | take it back""",
    Intent.LIST: "list | ls | history | download | export | play | replay",
    Intent.FIND: """
        search | search for | find | looking/searching for | trying to find | hunting for | look
        for | look up | grep | seek | search in | search through | query""",
    Intent.SUMMARY: """
        summarize | summarise | sum up | sum it up | sum this up | recap | tldr | tl dr |
        tl ; dr | catch me up | catch us up | fill me in | brief me | bring me up to speed""",
    Intent.JOIN: """
        join | hop/jump/drop/pop in/into/on | let me in | let me into | get me into | get me in |
        come to | come into | enter | attend | get into
        | get in to | link of | the link of | url of | url for | invite link | link to |
        link for | the link to | the link for | dial into | connect me to | take me to |
        bring me into | dial in | dial-in | call in | take me into | get me to | put me in | put me
        into | bring me to""",
    Intent.SETTINGS: """
        who may | who can | who is allowed to | whos allowed to | who has permission to |
        settings | setting | config | configure | configuration | preferences | prefs |
        setup | set the default room | set default room | set the default | change the
        default room | default room | defaults | the defaults | default settings | make the default
        room | set a default room""",
    Intent.PRESETS: "presets | bundles",
    Intent.DOCTOR: """
        doctor | health | diagnose | debug | diagnostics | checkup | health check |
        troubleshoot | self test | selftest""",
    Intent.STATUS: """
        status | stat | stats | state | what records | what do you record | whats recording | whats
        on | whats live | whats running | whats going on | whats being recorded | whats recorded""",
    Intent.HELP: """
        help | menu | usage | commands | manual | instructions | help me | docs | documentation |
        introduce yourself | explain yourself | what is this bot | whats this bot | what is
        this for | whats this for | what are you for | what are you good for""",
}

_SOFT: Mapping[Intent, str] = {
    Intent.START: """
        begin | launch | open a recording | roll | run | go | take | set up | put in |
        organise/organize/create | need you in | needs you in""",
    Intent.SCHEDULE: "plan | book | arrange | reserve",
    Intent.STOP: """
        drop | cut | close | leave | enough | no more | get out | go away | shut up | stp | turn of
        | switch of | turn it of | switch it of | turn this of | basta | schluss | genug | assez |
        be quiet | exit | off | stap | stawp""",
    Intent.PAUSE: "break | wait | wait a moment | wait a minute | one moment",
    Intent.RESUME: """
        break is over | the break is over | break over | restart | we are back | were back | go on
        | go ahead | back | im back""",
    Intent.LIST: """
        show | show me | show us | get | get me | fetch | give me | give us | display |
        see | view | open | im after | i am after | can i see | let me see | send me | send us |
        can i get | can i have | can we get | can we have | can we see | could i get | could i have
        | could i see | may i see | may i have | i need | wheres | where is | where are | where
        can i find | where do i find""",
    Intent.SHARE: "put | copy | upload | give",
    Intent.DOCTOR: "check | test | ping | verify",
}

_PAST: Mapping[Intent, str] = {
    Intent.START: """
        recorded | started | taped | captured | filmed | started recording | begun | on tape |
        on video""",
    Intent.STOP: """
        stopped | ended | finished | halted | terminated | turned off | switched off |
        stopped recording""",
    Intent.PAUSE: "paused | on hold | suspended",
    Intent.RESUME: "resumed | continued | unpaused",
    Intent.SCHEDULE: "scheduled | planned | booked",
    Intent.UNSCHEDULE: """
        cancelled | canceled | skipped | will not take place | wont take place | does not take place
        | doesnt take place | not take place | will not happen | wont happen | does not happen |
        doesnt happen | unscheduled | not happening | not taking place | not needed | called off |
        isnt happening | not going to happen""",
}

_NOUNS: Mapping[Intent, str] = {
    Intent.SUMMARY: """
        who was there | who attended | who took part | who participated | attendees |
        participants | attendance | summary | summaries | minutes | meeting notes | notes |
        action items | action points | todos | to dos | takeaways | key points | highlights |
        main points | short version | quick overview | overview | decisions | decided | agreed |
        discussed | discuss | decide | miss | missed | happened | gist | outcome | outcomes | next
        steps | transcript | transcripts | transcription | conclusion | conclusions | results | the
        result""",
    Intent.LIST: "recordings | archive | records | recorded meetings | last one | recorded rooms",
    Intent.STATUS: """
        running | live | on air | active | in progress | being recorded | still on | still
        recording | still running | still live | currently recording | currently recorded
        | going on | on right now | schedules | scheduled recordings | planned recordings |
        upcoming recordings | upcoming meetings | upcoming | coming up""",
    Intent.DOCTOR: """
        not working | doesnt work | does not work | isnt working | is not working | broken | wrong |
        failed | fail | failing | fails | missing | wont start | wont work | will not start | didnt
        work | did not work | didnt record | did not record | not recording | not recorded | doesnt
        record | does not record | never/hasnt arrived/came/come | never turned/showed/came up |
        never came through | not/isnt/doesnt updating/update/refreshing/refresh | hasnt updated |
        bug | error | errors | problem | problems | trouble | stuck | alive | healthy | didnt start
        | did not start | not arrived | crashed | out of order | stopped working | keeps failing |
        hangs | nothing works | nothing worked | nothing happens | nothing happened | does nothing
        | did nothing | not responding | doesnt respond | everything ok | everything okay |
        everything all right | everything alright | dont work | do not work | not work | doesnt
        works | not works | dont works | offline | is the bot down | is it down | are you down |
        are you ok | are you okay | are you alright | bot is down | is the bot dead | are you dead
        | is the bot broken | wasnt recorded | was not recorded | wont record | has no sound | has
        no audio | has no video | has no picture | has no image | is silent | is empty | is black |
        has a black screen | you missed | you forgot | you forgot to record | you did not record |
        you didnt record | is cut off""",
    Intent.FOLLOW: "follows | followed rooms | subscriptions | rooms we follow | following",
    Intent.PRESETS: "preset | templates",
    Intent.UNKNOWN: "non - stop | nonstop | non stop",
    Intent.JOIN: "link | meeting link | join link | room link | invite",
    Intent.HELP: """
        what you can | what u can | what can u | what you can do | what u can do | can u do |
        can you do | do you do | able to do | do you support | can you handle | are you for |
        can i do | can i say | can i ask | can i ask you | do you know | are your commands | do
        you understand | do you work | does/do this/it/the/that _/thing/bot/app work/function |
        does this bot do | the difference | difference between | is this bot | are you able to
        do | are the commands | can this bot do | can it do | else can you do | features |
        options | can you help | can you help me | could you help me | i need help | need help |
        do you keep | do you store | do you save""",
}

_OPTIONS: Mapping[tuple[str, object], str] = {
    ("transcription", True): """
        transcript | transcripts | transcription | transcribe | captions | transcribed |
        transcribe it | subtitles | transcribing""",
    ("summary", True): """
        summary | summaries | summarize | summarise | summarize it | summarised |
        summarized | ai summary | a summary afterwards | recap | summarise it | notes |
        meeting notes""",
    ("audio_only", True): """
        audio/sound/voice/voices/audios only | only/just _/the audio/sound/voice/voices/audios |
        audio-only | audio - only | sound without video | as audio | audio |
        audio/sound/voice is/are enough | audios/sounds/voices enough | _/a/the audio will do |
        only/just _/the audio/sound/voice/voices is/are enough |
        no/without picture/pictures/video/image/images/camera/cameras/cam | without the
        video/image/picture/camera | w/o video/picture/image/camera | video/camera/cameras off""",
    ("resolution", "720p"): "720p | hd | 720 p | 1280x720 | 720",
    ("resolution", "1080p"): """
        1080p | full hd | fullhd | fhd | full-hd | full - hd | 1080 p | 1920x1080 | 1080""",
    ("resolution", "portrait"): "portrait | vertical | upright",
}

_OTHER: Mapping[Role, str] = {
    Role.CANCEL: """
        cancel | call it off | call this off | take off the schedule | remove from the
        schedule | delete the schedule of""",
    Role.FORGET: """
        delete | erase | forget | remove | wipe | trash | destroy | purge | get rid of |
        deleted | erased | removed | wiped""",
    Role.POSTING: """
        posting | sending | showing | sharing | notifying | spamming | following |
        watching | tracking | bothering | pinging | messaging | telling | flooding |
        publishing | subscribing | spam | bother | annoy | annoying""",
    Role.CARDS: """
        cards | card | posts | announcements | updates | update | notifications | messages | alerts
        | noise | news""",
    Role.THING: """
        recording | record | recordin | the rest | the rest of it | the whole thing | meeting |
        meetings | call | room | rooms | session | thing | video | video call | stream | recorder |
        capture | rec | conference | the one | huddle | conversation | something | smth""",
    Role.ALL: """
        all | everything | whatever is running/on | whatever youre recording | whatever you are
        recording | both | all of them | all of it | every one | them | each of them""",
    Role.NOT: """
        dont | do not | never | not | no need to | do never | shouldnt | should not |
        mustnt | must not | dont you dare | not to | no recordings | no longer | doesnt |
        does not | cannot | cant | wont | will not | dont want | do not want | didnt | did
        not | isnt | arent | havent | hasnt | please no | id prefer not to | i would
        prefer not to | prefer not to | id rather you didnt | have not agreed to | havent
        agreed to | did not agree to | didnt agree to | do not agree to | dont agree to |
        never agreed to | nobody agreed to | nobody here agreed to | no one here agreed to | no one
        agreed to | nobody agreed | no one agreed | avoid | please avoid | i am against | im
        against | against | without being | dont ever | dont you | i dont want | i do not want | id
        rather not | would rather not | rather not | without my | wouldnt | would not | no
        recording | not ok with | uncomfortable | uncomfortable with | not happy with | unhappy
        with | not fine with | not okay with | not comfortable with | not comfortable | do not
        consent | dont consent | not consent | refuse | i object to | dont like | do not like |
        nobody should | no one should | stop not | not yet |
        cancel/undo/delete/remove/forget the/that/its _/planned/set/automatic/auto
        stop/end/timer""",
    Role.REQUEST: """
        can you | could you | would you | will you | can u | could u | would u | can you please |
        cant you | couldnt you | wont you | wouldnt you | why dont you | why wont you just | would
        you mind | do you mind | would you be so kind | would you be so kind and | would you be so
        kind to | be so kind | be so kind as | are you able to | are you so kind | is it possible
        that you | would it be possible to | could you maybe | can someone | could
        someone | can somebody | could somebody | can anyone | would you like to | may i ask you to
        | can i ask you to | could i ask you to | is possible | is possible to | is it possible |
        possible to | is there a/any/some chance/possibility to/you/we/i _/can/could |
        is there a/any/some chance/possibility/way that/you/we/i can/could |
        is there any/some way to | would be possible to | any chance/way to | any chance/way
        you/we/i can/could | can the bot | could the bot | please can you | may you""",
    Role.WISH: """
        it would help if you | id appreciate it if
        you | i would appreciate it if you | i would appreciate if you | i would be grateful if
        you | it is important that you | it is important to | its important to | i am needing |
        i need that you | i want that you | please make that | it is necessary to | its
        necessary to | would love if you | id love | i would love | id love to | i would love to
        | we would love | we would love to | can be | could be | may be | needs to be | need to
        be | ought to be | i want | i want to | i want you to | i wish | i wish to | id like |
        id like to | i would like | i would like to | id like you to | i would like you to | we
        want | we want to | we need to | we need | i need to | i need you to | need to | want to
        | we want you to | we need you to | we would like | we would like to | wed like to |
        lets | let us | let | you can | you may | you must | you have to | you need to | you
        could | i ask you to | time to | its time to | it is time to | have to | we have to | we
        must | i have to | i must | im gonna need you to | must | needs | wants | want | need |
        should be | must be | has to be | shall be | i said | i told you to | i say | we can |
        feel free to | i order you to | i beg you | go | make | do | get | have | dont forget to
        | do not forget to | remember to | make sure to | make sure you | be sure to | dont
        forget | be so good and | wanna | we wanna | i wanna | would like | would like to |
        would love to""",
    Role.HEDGE: """
        i/we/he/she/they/you had to |         ive/weve got | i/we have got | someone wants to |
        somebody wants to | everyone wants to | everybody wants to | id rather | i would rather |
        id prefer | i would prefer | i prefer | ready to | we are ready to | were ready to | im
        ready to | i am ready to | i | we | they | he | she | i think | i guess | i believe | i
        suppose | maybe | perhaps | probably | possibly | will | would | should | we should | you
        should | i should | they should | we will | i will | ill | im going to | we are going to |
        were going to | im about to | we might | i might | i think we should | maybe we should |
        perhaps we should | we usually | i usually | i already | we already | we are | i am | im |
        not forget to | never forget to | lets not forget to | let us not forget to | shouldnt
        forget to | should not forget to | must not forget to | mustnt forget to | do not let us
        forget to | dont let us forget to | dont let me forget to | it would be nice to | it would
        be good to | it would be great to | i was | we were | i had | we had""",
    Role.MAY: """
        is it possible to | should we | shall we | shall i | should i | should you | can we | can i
        | could we | could i | may i | may we | do we want to | do we need to | do we have to |
        must we | are we allowed to | am i allowed to | is it ok to | is it okay to | is it ok if
        we | is it okay if we | would it be ok to | would it be okay to | would it be ok if we |
        would it be okay if we | is it allowed to | do you want to | do you want me to | shouldnt
        we | does anyone want to | how about | what about | why not | why dont we | what if we |
        what if | do i need to | is anyone going to | is anybody
        going to | is someone going to | is somebody going to | do we need | do we want | does
        anybody want to | will we | do i have to | should somebody |
        should someone | would we | are you going to | are we going to | is it time to | does
        somebody | is it a good idea to | do you think we should | are we supposed to | might we
        | can it be | can | could""",
    Role.HOW: """
        what must/should/can/shall/would/could/do/does i/we/you/one _/have/need _/to
        type/write/say/enter/press/click | how do i | how do you | how do we | how can i | how
        can we | how to | how does one | how would i | how does | how should i | how do | how
        could i | how can you | how is it possible to | what is the command to | whats the
        command to | what do i type to | show me how to | explain how to | explain to me how to |
        teach me to | what is the way to | how is | how i can | how i | how works | what happens if
        | what happens when | how | is there a way to | what do i do to | where do i click to |
        where do/can i change/set/edit | where can i | where do i | where do we | explain how |
        tell me how | show me how""",
    Role.WHY: """
        why | how come | what happened to | what happened with | why is | why isnt | why
        did | why didnt | whats wrong with | what is wrong with | whats wrong | why are |
        why was | for what reason | there is no | theres no | there was no | there were no
        | there are no | we got no | i got no""",
    Role.WAS: """
        did we | did you | did i | did it | did they | did | was | were | have we | have you |
        has | have they | has it | had | has anyone | did anyone | did somebody | did someone |
        was it | have you ever | has the | was the | has someone | has somebody | is there a
        video | is there any video | is there a video of | do we have | do you have | is there a
        recording | is there any recording | are there recordings | are there any recordings |
        do we have any | is there a recording of | any recordings of | any recording of""",
    Role.IS: """
        are you | is it | is this | are we | is | are | am i | are there | is there | is
        anyone | is anything | is anybody | is somebody | is someone | does it | do you |
        does | do we | do they | do i | am | is something | is the bot | will it | will
        you be | will the | are any | is any""",
    Role.WHEN: """
        when did | when was | when is | when does | when do | when will | since when | how
        long | how much time | how much longer | how much time is left | for how long | at
        what time | what time | how many minutes | when are | when were""",
    Role.WHICH: """
        what | who | which | where | whats | whos | whom | whose | what is | what are |
        what was | who is | what were | which ones | anything | anyone | how many | what
        did | who did | did anyone say | where did | when did we say | what all | what
        else""",
    Role.SAID: """
        said | say | says | talked | talk | talking | spoke | speak | mentioned | mention |
        discussed | discuss | promised | promise | told | tell | asked | bring/brings/brought up
        | raised | talks | come/comes/came up | explains | mentions | discusses | announces |
        raises | tells | presents | presented | describes | described | explained | argued |
        committed to | decided on | decide on | agreed on | agree on | agreed to | agree to |
        decided about | decide about | announced | discussing | reported""",
    Role.ABOUT: "about | regarding | concerning | on the topic of | on the subject of",
    Role.WITH: "with | plus | including | incl | include | + | w/ | w | using | use | add | &",
    Role.WITHOUT: """
        without | witout | withot | wihtout | neither | nor | no | w/o | minus | excluding |
        except""",
    Role.ARTICLE: "a | an | some | another | any | one",
    Role.AND: "and | & | then | and then | or | also | too | as well | but | plus",
    Role.AGAIN: "again | once more | back",
    Role.CLAUSE: """
        at the end | at the very end | in the end | at its end | at end |
        because | every | each | always | automatically | from now on | since | when | if | once |
        after | before | while | unless | whenever | cause | cuz | bc | as soon as | in case |
        until | till | whether | starts | begins | is starting | is beginning | takes place""",
    Role.HERE: """
        here | in here | in this channel | to this channel | into this channel | this
        channel | in the channel | us""",
    Role.HINT: """
        call it a day | call that a day | call this a day | call it quits | call it a wrap | call it
        a night | done | we are done | were done | im done | we are finished | were finished | over
        | is over | its over | thats all | thats it | that is all | that is it | thats a wrap |
        thats enough | bye | goodbye | good bye | that was it | meeting is over | its a wrap | all
        done | we finished | finito | no longer needed | you can go now | you can leave | everyone
        left | everybody left | thats all for today | that will be all | thatll be all""",
    Role.THANKS: """
        thanks | thank you | thx | ty | tx | cheers | thank u | thanks a lot | thank you
        so much | thank you very much | many thanks | thanks a million | danke | danke
        schön | danke dir | dank | vielen dank | merci | merci beaucoup | merci bien |
        gracias | muchas gracias | grazie | grazie mille | obrigado | obrigada | tack |
        tak | takk | dziekuje | dziękuję | spasibo | спасибо | дякую | arigato | ありがとう |
        谢谢 | xie xie | teşekkürler | tesekkurler | kiitos | dank je | bedankt | dhanyavad
        | shukran | شكرا | धन्यवाद | much appreciated | appreciated | nice one | good bot
        | good job | great job | well done | nice work | good work | tysm | kudos |
        awesome | perfect | great | brilliant | excellent | amazing | lovely | cool | nice
        | super | wonderful | you rock | youre awesome | youre great |
        youre amazing | youre a star | youre a lifesaver | awesome work | amazing work |
        awesome job | amazing job | thats great | that was great | this is great | very
        nice | so cool | wow | neat | sweet | youre the best | love it
        | arigatou | arigatou gozaimasu | works/worked like a charm | works great | works well
        | ta | 감사합니다 | mahalo | hvala | děkuji | köszönöm | eskerrik asko""",
    Role.HELLO: """
        hi | hey | hello | hallo | hola | hiya | yo | good morning | good afternoon | good
        evening | morning | salut | bonjour | ciao | hej | moin | servus | greetings |
        howdy | heya | hi there | hello there | hey there | namaste | oi | hoi | guten tag
        | guten morgen | buenos dias | whats up | wassup | sup | how are you | how are you
        doing | ola | olá | привет | こんにちは | 你好 | aloha | gday | hi all | hello all | hey
        all | hi everyone | hello everyone | hi everybody | hi team | nice to meet you |
        welcome | are you there | are you still there""",
    Role.FILLER: """
        while you are/re at it | while youre at it | when/if you have/get a/the
        chance/minute/moment/second/sec/time | when you have/get time | no rush | no hurry |
        please | pls | plz | plse | pleas | plis | plss | kindly | well | bitte | por favor |
        svp | sil vous plait | per favore | now | right now | immediately | asap | at once |
        already | just | quickly | quick | so | ok | okay | okey | k | alright | right | um/umm
        | uh/uhh | uhm | hm/hmm/hmmm | erm/err | hm | er | eh | ah | oh | the | this | that | it
        | my | our | your | its | his | her | their | me | of | to | for | in | into | on | at |
        from | there | up | stupid | dumb | silly | bloody | damn | damned | dammit | damnit |
        fucking | fuckin | freaking | frigging | goddamn | crappy | useless | annoying | bad |
        idiot | idiotic | ffs | wtf | omg | jesus | christ | hell | the hell | for gods sake |
        for fucks sake | for the love of god | for heavens sake | for crying out loud | god |
        gosh | geez | jeez | finally | tell me | please tell me | tell me if | can you tell me
        if | could you tell me if | do you know if | can you tell me whether | do you know
        whether | i want to know if | id like to know if | can you check if | check if | can you
        tell me | could you tell me | can you let me know | i want to know | id like to know | i
        would like to know | do you know | i wonder | i am wondering | im wondering | can you
        say | could you say | please say | let me know | really | actually | honestly |
        seriously | come on | cmon | sorry | excuse me | pardon | dear | bot | robot | bots |
        machine | assistant | recordbot | record bot | record-bot | the bot | buddy | mate | man
        | dude | bro | guys | team | folks | friend | friends | pal | amigo | amigos | latest |
        last | recent | previous | past | old | newest | fella | crap | shit | fuck | stuff |
        yes | yeah | yep | yup | ja | oui | si | yess | everybody | someone | somebody | you | u
        | be | is | was | still | if you can | if you could | if possible | when you can | if
        you dont mind | for me | for us | with me | with us | that you | as | fine | good |
        thing already | wrong channel | wrong window | wrong thread | first | next | current |
        currently | new | this one | that one | this time | same | called | named | our next |
        ahora | jetzt | sofort | maintenant | subito | adesso | agora | genau | mal | doch | no
        | nah | rn | stat | nope | hurry | hurry up | faster | quickly please | fast | do you
        hear me | can you hear me | are you deaf | man up | lol | haha | ha | btw | fyi | oops |
        whoops | quick one | quick question | question | one thing | im sorry | my bad | blasted
        | darn | darned | pesky | bleeding | wretched | screw | effing | ugh | argh | grr | tin
        can | ok bot | going | being | start time | go and | everyone | straight away | right
        away | this second | this instant | this minute | in a sec | sir | madam | boss | people
        | everyone please | channel | full | quality | resolution | format | mode | size | off
        you go | thanks in advance | tia | regards | best regards | kind regards | br | rgds | 4
        me | 4 us | a lot | a ton | a bunch | so much | very much | until further notice | by
        default | until i say stop | until i say so | until told otherwise | until i stop it |
        until we stop it | sharp | real quick | period | i mean""",
}


def key_of_phrase(phrase: str) -> list[str]:
    """Split a phrase into words the way texts are split."""
    return [word.replace("'", "") for word in WORD.findall(phrase)]


def _listed(text: str) -> list[tuple[str, ...]]:
    phrases = " ".join(text.split()).split(" | ")
    return [tuple(key_of_phrase(one)) for phrase in phrases for one in _alternatives(phrase)]


def _alternatives(phrase: str) -> list[str]:
    """Write out `what must/should i`; the slash of `w/o` is a part of the word."""
    words = [word.split("/") if "w/" not in word else [word] for word in phrase.split()]
    return [" ".join(word for word in one if word != "_") for one in product(*words)]


def _with_whenever(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Add variants to phrases with `when`: `tell us whenever`, `tell us here when`."""
    ends = [("when",), ("whenever",), ("as", "soon", "as"), ("every", "time")]
    ends += [(*here, *end) for here in (("here",), ("in", "here")) for end in ends]
    return phrases + [(*p[:-1], *end) for p in phrases if p[-1] == "when" for end in ends]


# It would be great if you …
_WISHES = [
    f"{it}would be {good} {end}"
    for it in ("", "it ")
    for good in (
        *("great", "nice", "good", "cool", "helpful", "perfect", "lovely", "awesome"),
        *("amazing", "useful", "fantastic", "super", "wonderful", "brilliant"),
    )
    for end in ("if you", "if you could", "if we could", "if someone could", "to have", "to get")
]


def _with_variants(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Add the ways of writing `youre great`: you are great, ur great."""
    ways = (("you", "are"), ("ur",), ("u", "are"), ("u", "r"))
    return phrases + [(*way, *p[1:]) for p in phrases if p[0] == "youre" for way in ways]


def _phrases() -> dict[tuple[str, ...], Meaning]:
    """Collect all tables. If a phrase has two meanings, the first in this order wins."""
    found: dict[tuple[str, ...], Meaning] = {}
    by_intent = (Role.VERB, _VERBS), (Role.PAST, _PAST), (Role.NOUN, _NOUNS)
    for role, table in by_intent:
        for intent, text in table.items():
            for phrase in _with_whenever(_listed(text)):
                found.setdefault(phrase, Meaning(role, intent))
    for role, text in _OTHER.items():
        for phrase in _with_variants(_listed(text)):
            found.setdefault(phrase, Meaning(role))
    for wish in _WISHES:
        found.setdefault(tuple(wish.split()), Meaning(Role.WISH))
    for intent, text in _SOFT.items():
        for phrase in _listed(text):
            meaning = found.get(phrase)
            if meaning is None or meaning.role in (Role.WISH, Role.FILLER, Role.AGAIN):
                found[phrase] = Meaning(Role.SOFT, intent)
    for (field, value), text in _OPTIONS.items():
        for phrase in _listed(text):
            found.setdefault(phrase, Meaning(Role.OPTION, None, field, value))
    return found


PHRASES = _phrases()
OPTION_OF: Mapping[tuple[str, ...], tuple[str, object]] = {
    phrase: option for option, text in _OPTIONS.items() for phrase in _listed(text)
}

# By their first two words, the lengths of longer phrases in words: most words need one lookup.
FIRST_WORDS = frozenset(phrase[0] for phrase in PHRASES)
KNOWN_WORDS = frozenset(word for phrase in PHRASES for word in phrase)
_LENGTHS: dict[tuple[str, ...], set[int]] = defaultdict(set)
for _phrase in PHRASES:
    if len(_phrase) > 1:
        _LENGTHS[_phrase[:2]].add(len(_phrase))
LENGTHS: Mapping[tuple[str, ...], tuple[int, ...]] = {
    start: tuple(sorted(lengths, reverse=True)) for start, lengths in _LENGTHS.items()
}

# Words that ask for scheduled recordings instead of running ones.
UPCOMING = frozenset(
    {
        ("next",),
        ("schedules",),
        ("scheduled", "recordings"),
        ("planned", "recordings"),
        ("upcoming", "recordings"),
        ("upcoming", "meetings"),
        ("upcoming",),
        ("coming", "up"),
    }
)
SCHEDULED = "schedules"  # the topic of questions about them

ORDERS = frozenset(
    {
        Intent.START,
        Intent.STOP,
        Intent.PAUSE,
        Intent.RESUME,
        Intent.SCHEDULE,
        Intent.UNSCHEDULE,
        Intent.FOLLOW,
        Intent.UNFOLLOW,
        Intent.SHARE,
    }
)

# Emoji, as Slack names them and as characters.
STOP_SIGNS, GLAD = (
    frozenset(text.split())
    for text in (
        "octagonal_sign stop_sign black_square_for_stop stop_button 🛑 ⏹",
        """+1 thumbsup pray heart tada clap ok_hand raised_hands 100 sparkles blush smile joy grin
        muscle sunglasses white_check_mark rocket heart_eyes slightly_smiling_face hugging_face
        wave 👍 🙏 ❤ 🎉 👏 👌 🙌 💯 ✨ 😊 😄 😂 😁 💪 😎 ✅ 🚀 😍 🙂 🤗 👋 😀 🥳""",
    )
)

# Words of other languages for what the bot does.
FOREIGN = frozenset(
    word
    for (word,) in _listed(
        """
        aufnahme | aufnahmen | verschiebe | nimm | starte | startet | stoppe | stoppt | beende |
        beendet | zeichne | aufzeichnung | aufgenommen | hilfe | enregistre |
        enregistrez | enregistrement | démarre | demarre | lance | réunion | grabación |
        grabacion | grabe | inicia | detén | deten | reunión | registra | registrazione
        | avvia | gravação | gravacao | opname | opnemen | neem | inspelning | nagraj |
        nagranie | запиши | запись | 録画 | 录制"""
    )
)

# Words whose misspellings are looked for.
SPELT: Mapping[str, Intent] = {
    word: intent
    for intent, words in {
        Intent.START: "start record begin recording",
        Intent.STOP: "stop finish",
        Intent.PAUSE: "pause",
        Intent.RESUME: "resume continue unpause",
        Intent.SCHEDULE: "schedule",
        Intent.UNSCHEDULE: "unschedule cancel",
        Intent.FOLLOW: "follow subscribe",
        Intent.UNFOLLOW: "unfollow unsubscribe",
        Intent.SHARE: "share",
        Intent.STATUS: "status",
        Intent.LIST: "list recordings history",
        Intent.FIND: "search find",
        Intent.SUMMARY: "summary summarize summarise recap",
        Intent.JOIN: "join",
        Intent.SETTINGS: "settings configure",
        Intent.PRESETS: "presets",
        Intent.DOCTOR: "doctor",
        Intent.HELP: "help",
        Intent.THANKS: "thanks",
    }.items()
    for word in words.split()
}
